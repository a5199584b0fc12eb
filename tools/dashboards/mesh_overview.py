"""Is the mesh well, and if not, where is it ill?"""

from tools.dashboards.dashboard import Row, dashboard
from tools.dashboards.fields import Limits, Unit
from tools.dashboards.links import behind
from tools.dashboards.panels import figure, graph, lines, rows, states
from tools.dashboards.queries import Json, Query, quantile, rate


def mesh_overview() -> Json:
    """Return the dashboard to begin with."""
    return dashboard(
        "mesh-overview",
        "DeltaStream: mesh overview",
        "Whether every role serves, reaches what it needs and answers well, and what it uses.",
        [_at_a_glance(), _roles(), _calls(), _processes(), _logs()],
    )


def _at_a_glance() -> Row:
    return Row(
        title="At a glance",
        across=6,
        height=4,
        panels=[
            figure(
                "Roles that serve",
                "Roles of which at least one process is ready, of seven.",
                "count(max by (role) (deltastream_ready) == 1) or vector(0)",
                unit=Unit.COUNT,
                limits=Limits(warning=7, critical=6, good_when_high=True),
            ),
            figure(
                "Alerts",
                "Alerts that fire.",
                'count(ALERTS{alertname=~"DeltaStream.+", alertstate="firing", severity!="none"})'
                " or vector(0)",
                unit=Unit.COUNT,
                limits=Limits(warning=1, critical=5),
            ),
            figure(
                "Published",
                "Raw events a second that the feed has put on the bus.",
                rate("deltastream_bus_published_total", labels='role="feed"'),
                unit=Unit.EVENTS,
            ),
            figure(
                "Age when stored",
                "How old one in a hundred events is at least when storage has it. Promised: 2 s.",
                quantile(0.99, "deltastream_event_age_seconds", labels='hop="stored"'),
                unit=Unit.SECONDS,
                limits=Limits(warning=2, critical=15),
            ),
            figure(
                "Failing calls",
                "Calls that fail and the server is to blame for, of all.",
                "(sum(role:deltastream_rpc_failures:rate5m) or vector(0))"
                " / (sum(role:deltastream_rpc_calls:rate5m) > 0)",
                unit=Unit.SHARE,
                limits=Limits(warning=0.01, critical=0.2),
            ),
            figure(
                "Dead letters",
                "Events that were given up and wait for somebody: `deltastream dlq list`.",
                "max(deltastream_dead_letters_held)",
                unit=Unit.COUNT,
                limits=Limits(warning=1, critical=100),
            ),
        ],
    )


def _roles() -> Row:
    return Row(
        title="Roles, and what they need",
        across=3,
        panels=[
            states(
                "Ready",
                "Whether any process of a role serves, as its /readyz says.",
                Query(expression="max by (role) (deltastream_ready)", legend="{{role}}"),
                links=behind(),
            ),
            states(
                "Dependencies",
                "Whether what a role needs answers its health checks.",
                Query(
                    expression="min by (role, dependency) (deltastream_dependency_up)",
                    legend="{{role}} → {{dependency}}",
                ),
                links=behind(),
            ),
            rows(
                "Processes",
                "What runs, in which version, and since when.",
                Query(
                    expression="max by (role, instance, version) (deltastream_build_info)",
                    now=True,
                    table=True,
                ),
                Query(
                    expression="1000 * max by (role, instance)"
                    ' (process_start_time_seconds{job="deltastream"})',
                    now=True,
                    table=True,
                ),
                columns={
                    "role": "Role",
                    "instance": "Address",
                    "version": "Version",
                    "Value #B": "Since",
                },
                units={"Since": Unit.DATE},
            ),
        ],
    )


def _calls() -> Row:
    return Row(
        title="Calls",
        panels=[
            graph(
                "Calls",
                "Calls a second that have ended, streams among them.",
                Query(
                    expression=rate("deltastream_rpc_calls_total", "role"),
                    legend="{{role}}",
                ),
                unit=Unit.CALLS,
                stacked=True,
                links=behind(),
            ),
            graph(
                "Failing calls",
                "UNKNOWN, INTERNAL, UNAVAILABLE, DEADLINE_EXCEEDED and DATA_LOSS, of all calls.",
                Query(expression="role:deltastream_rpc_failures:ratio5m", legend="{{role}}"),
                unit=Unit.SHARE,
                limits=Limits(warning=0.01, critical=0.2),
                links=behind(),
            ),
            graph(
                "Duration of calls",
                "How long 99 of 100 calls take at most, of those that answer once.",
                Query(
                    expression=quantile(0.99, "deltastream_rpc_duration_seconds", "role"),
                    legend="{{role}}",
                ),
                unit=Unit.SECONDS,
                links=behind(),
            ),
            graph(
                "Refused calls",
                "Calls a second that were ended with a reason.",
                Query(
                    expression=rate("deltastream_rpc_refused_total", "role", "reason"),
                    legend="{{role}} {{reason}}",
                ),
                unit=Unit.CALLS,
                links=behind(),
            ),
        ],
    )


def _processes() -> Row:
    return Row(
        title="Processes",
        panels=[
            graph(
                "Memory",
                "What a process holds of the machine's memory.",
                Query(
                    expression='process_resident_memory_bytes{job="deltastream"}',
                    legend="{{role}} {{instance}}",
                ),
                unit=Unit.BYTES,
                links=behind(),
            ),
            graph(
                "Processor",
                "How many cores a process keeps busy; one is all that a role can use.",
                Query(
                    expression="rate(process_cpu_seconds_total"
                    '{job="deltastream"}[$__rate_interval])',
                    legend="{{role}} {{instance}}",
                ),
                unit=Unit.CORES,
                links=behind(),
            ),
            graph(
                "Lateness",
                "How late 99 of 100 timers are at most: what everything in the role waits for.",
                Query(
                    expression=quantile(
                        0.99, "deltastream_event_loop_lateness_seconds", "role", "instance"
                    ),
                    legend="{{role}} {{instance}}",
                ),
                unit=Unit.SECONDS,
                limits=Limits(warning=0.25),
                links=behind(),
            ),
            graph(
                "Calls and streams under way",
                "What a role works on at present.",
                Query(
                    expression="sum by (role, kind) (deltastream_rpc_in_progress)",
                    legend="{{role}} {{kind}}",
                ),
                unit=Unit.COUNT,
                links=behind(),
            ),
        ],
    )


def _logs() -> Row:
    return Row(
        title="Logs",
        across=1,
        height=10,
        panels=[
            lines(
                "Warnings and errors",
                "What any role has logged as a warning or worse; a line opens its trace.",
                '{service=~".+", level=~"warning|error|critical"}',
            ),
        ],
    )
