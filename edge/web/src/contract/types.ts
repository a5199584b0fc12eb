/**
 * The messages of the contract that the dashboard reads, by their own names.
 *
 * schema.d.ts is generated from the OpenAPI document (`npm run types`); nothing here restates it.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Buildup = Schemas['Buildup'];
export type Candle = Schemas['Candle'];
export type Candles = Schemas['GetOhlcResponse'];
export type DeadLetter = Schemas['DeadLetter'];
export type EnrichedChain = Schemas['EnrichedChain'];
export type EnrichmentStatus = Schemas['GetEnrichmentStatusResponse'];
export type FeedStatus = Schemas['GetFeedStatusResponse'];
export type ForwardBasis = Schemas['ForwardBasis'];
export type GammaExposure = Schemas['GetGammaExposureResponse'];
export type ImpliedVolatilityRank = Schemas['GetImpliedVolatilityRankResponse'];
export type ListChainsResponse = Schemas['ListChainsResponse'];
export type ListExpiriesResponse = Schemas['ListExpiriesResponse'];
export type ListProductsResponse = Schemas['ListProductsResponse'];
export type ListTicksResponse = Schemas['ListTicksResponse'];
export type MarketSession = Schemas['MarketSession'];
export type MaxPain = Schemas['GetMaxPainResponse'];
export type MaxPainPoint = Schemas['MaxPainPoint'];
export type MissingReason = Schemas['MissingReason'];
export type MissingValue = Schemas['MissingValue'];
export type MoneynessRange = Schemas['MoneynessRange'];
export type OpenInterestBuildup = Schemas['GetOpenInterestBuildupResponse'];
export type OptionLeg = Schemas['OptionLeg'];
export type PriceBasis = Schemas['PriceBasis'];
export type PricingConvention = Schemas['PricingConvention'];
export type Product = Schemas['Product'];
export type PutCallRatio = Schemas['PutCallRatio'];
export type QuantityUnit = Schemas['QuantityUnit'];
export type SourceKind = Schemas['SourceKind'];
export type Straddle = Schemas['Straddle'];
export type Straddles = Schemas['GetStraddleResponse'];
export type SurfaceSlice = Schemas['SurfaceSlice'];
export type UnderlyingTick = Schemas['UnderlyingTick'];
export type User = Schemas['User'];
export type VolatilitySurface = Schemas['GetVolatilitySurfaceResponse'];

/** Which right of a chain: its calls or its puts. */
export type Side = 'call' | 'put';
