"""The RPCs that tables are made of."""

from typing import Final

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from deltastream.analytics.v1 import analytics_service_pb2
from deltastream.storage.v1 import storage_service_pb2

_STORAGE: Final[ServiceDescriptor] = storage_service_pb2.DESCRIPTOR.services_by_name[
    "StorageService"
]
_ANALYTICS: Final[ServiceDescriptor] = analytics_service_pb2.DESCRIPTOR.services_by_name[
    "AnalyticsService"
]

LIST_PRODUCTS: Final[MethodDescriptor] = _STORAGE.methods_by_name["ListProducts"]
LIST_EXPIRIES: Final[MethodDescriptor] = _STORAGE.methods_by_name["ListExpiries"]
LIST_TICKS: Final[MethodDescriptor] = _STORAGE.methods_by_name["ListTicks"]
LIST_CHAINS: Final[MethodDescriptor] = _STORAGE.methods_by_name["ListChains"]
GET_PUT_CALL_RATIO: Final[MethodDescriptor] = _ANALYTICS.methods_by_name["GetPutCallRatio"]
GET_MAX_PAIN: Final[MethodDescriptor] = _ANALYTICS.methods_by_name["GetMaxPain"]
GET_VOLATILITY_SURFACE: Final[MethodDescriptor] = _ANALYTICS.methods_by_name["GetVolatilitySurface"]
GET_BUILDUP: Final[MethodDescriptor] = _ANALYTICS.methods_by_name["GetOpenInterestBuildup"]
GET_GAMMA_EXPOSURE: Final[MethodDescriptor] = _ANALYTICS.methods_by_name["GetGammaExposure"]
GET_STRADDLE: Final[MethodDescriptor] = _ANALYTICS.methods_by_name["GetStraddle"]
GET_OHLC: Final[MethodDescriptor] = _ANALYTICS.methods_by_name["GetOhlc"]
