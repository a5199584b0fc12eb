"""What do clients get, how fast, and who is turned away?"""

from tools.dashboards.dashboard import Row, dashboard
from tools.dashboards.fields import Limits, Unit
from tools.dashboards.links import behind
from tools.dashboards.panels import figure, graph, heat
from tools.dashboards.queries import Json, Query, quantile, rate

_FAILING = Limits(warning=0.01, critical=0.2)
_SLOW = Limits(warning=1)


def edge() -> Json:
    """Return the dashboard of all that is public."""
    return dashboard(
        "edge",
        "DeltaStream: edge",
        "What clients get over REST, Socket.IO and public gRPC, how fast, and whom the edge turns"
        " away.",
        [_at_a_glance(), _requests(), _sockets(), _passed_on(), _sign_ins()],
    )


def _at_a_glance() -> Row:
    return Row(
        title="At a glance",
        across=6,
        height=4,
        panels=[
            figure(
                "Requests",
                "HTTP requests a second that have ended, streams and websockets among them.",
                rate("deltastream_http_requests_total"),
                unit=Unit.CALLS,
            ),
            figure(
                "Failing requests",
                "Requests answered with a status of 500 or above, of all.",
                "deltastream_http_failures:ratio5m",
                unit=Unit.SHARE,
                limits=_FAILING,
            ),
            figure(
                "Duration",
                "How long 99 of 100 requests take at most.",
                quantile(0.99, "deltastream_http_request_duration_seconds"),
                unit=Unit.SECONDS,
                limits=_SLOW,
            ),
            figure(
                "Sockets",
                "Clients of Socket.IO that are connected.",
                "sum(deltastream_sockets_connected)",
                unit=Unit.COUNT,
            ),
            figure(
                "Public streams",
                "gRPC streams that the edge passes on.",
                'sum(deltastream_streams_active{role="edge"}) or vector(0)',
                unit=Unit.COUNT,
            ),
            figure(
                "Turned away",
                "Requests and connections a second that were refused for a reason.",
                f"{rate('deltastream_http_refused_total')} or vector(0)",
                unit=Unit.CALLS,
            ),
        ],
    )


def _requests() -> Row:
    return Row(
        title="Requests",
        panels=[
            graph(
                "Requests",
                "Requests a second, by route; `unmatched` is whatever has none.",
                Query(
                    expression=f"topk(15, {rate('deltastream_http_requests_total', 'route')})",
                    legend="{{route}}",
                ),
                unit=Unit.CALLS,
                stacked=True,
                links=behind("edge"),
            ),
            graph(
                "Statuses",
                "Requests a second, by the status they got; 499 is a client that left before.",
                Query(
                    expression=rate("deltastream_http_requests_total", "status"),
                    legend="{{status}}",
                ),
                unit=Unit.CALLS,
                stacked=True,
                links=behind("edge"),
            ),
            graph(
                "Duration by route",
                "How long 99 of 100 requests take at most, streams left out.",
                Query(
                    expression="topk(15, "
                    f"{quantile(0.99, 'deltastream_http_request_duration_seconds', 'route')})",
                    legend="{{route}}",
                ),
                unit=Unit.SECONDS,
                limits=_SLOW,
                links=behind("edge"),
            ),
            heat(
                "Duration",
                "How the durations of all requests are spread, streams left out.",
                rate("deltastream_http_request_duration_seconds_bucket", "le"),
                unit=Unit.SECONDS,
            ),
            graph(
                "Turned away",
                "Requests and connections a second that were refused, for a reason.",
                Query(
                    expression=rate("deltastream_http_refused_total", "reason"),
                    legend="{{reason}}",
                ),
                unit=Unit.CALLS,
                links=behind("edge"),
            ),
            graph(
                "Failing requests",
                "Requests a second answered with a status of 500 or above.",
                Query(
                    expression=rate(
                        "deltastream_http_requests_total",
                        "route",
                        "status",
                        labels='status=~"5.."',
                    ),
                    legend="{{status}} {{route}}",
                ),
                unit=Unit.CALLS,
                links=behind("edge"),
            ),
        ],
    )


def _sockets() -> Row:
    return Row(
        title="Socket.IO",
        across=3,
        panels=[
            graph(
                "Clients",
                "Clients that are connected.",
                Query(expression="deltastream_sockets_connected", legend="{{instance}}"),
                unit=Unit.COUNT,
                stacked=True,
            ),
            graph(
                "Events",
                "Events a second, each counted once for each of its clients.",
                Query(
                    expression=rate("deltastream_socket_events_sent_total", "event"),
                    legend="{{event}}",
                ),
                unit=Unit.EVENTS,
            ),
            graph(
                "Conflated",
                "Events that a newer one replaced while they waited for a slow client, of all.",
                Query(
                    expression="event:deltastream_socket_events_conflated:ratio5m",
                    legend="{{event}}",
                ),
                unit=Unit.SHARE,
                limits=Limits(warning=0.2),
            ),
        ],
    )


def _passed_on() -> Row:
    return Row(
        title="Public gRPC",
        panels=[
            graph(
                "Calls",
                "Calls a second that came in on the public port and were passed on.",
                Query(
                    expression=rate(
                        "deltastream_rpc_calls_total", "rpc_method", "code", labels='role="edge"'
                    ),
                    legend="{{rpc_method}} {{code}}",
                ),
                unit=Unit.CALLS,
                links=behind("edge"),
            ),
            graph(
                "Duration",
                "How long 99 of 100 calls take at most, of those that answer once.",
                Query(
                    expression=quantile(
                        0.99, "deltastream_rpc_duration_seconds", "rpc_method", labels='role="edge"'
                    ),
                    legend="{{rpc_method}}",
                ),
                unit=Unit.SECONDS,
                links=behind("edge"),
            ),
            graph(
                "Streams",
                "Streams that are open, by the method that was called.",
                Query(
                    expression='sum by (rpc_method) (deltastream_streams_active{role="edge"})',
                    legend="{{rpc_method}}",
                ),
                unit=Unit.COUNT,
            ),
            graph(
                "Frames",
                "Frames a second that were passed on to subscribers.",
                Query(
                    expression=rate(
                        "deltastream_stream_frames_sent_total", "rpc_method", labels='role="edge"'
                    ),
                    legend="{{rpc_method}}",
                ),
                unit=Unit.EVENTS,
            ),
        ],
    )


def _sign_ins() -> Row:
    return Row(
        title="Who signs in",
        panels=[
            graph(
                "Sign-ins",
                "Attempts a second to get a token, and what came of them.",
                Query(
                    expression=rate("deltastream_sign_ins_total", "method", "result"),
                    legend="{{method}} {{result}}",
                ),
                unit=Unit.CALLS,
                links=behind("auth"),
            ),
            graph(
                "Refused sign-ins",
                "Attempts that were refused or throttled, of all.",
                Query(
                    expression=rate(
                        "deltastream_sign_ins_total", "method", labels='result!="accepted"'
                    )
                    + f" / {rate('deltastream_sign_ins_total', 'method')}",
                    legend="{{method}}",
                ),
                unit=Unit.SHARE,
                limits=Limits(warning=0.5),
                links=behind("auth"),
            ),
        ],
    )
