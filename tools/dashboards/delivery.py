"""How long does an event take from the feed to a subscriber, and where does it wait?"""

from tools.dashboards.dashboard import Row, dashboard
from tools.dashboards.fields import Limits, Unit
from tools.dashboards.links import behind
from tools.dashboards.panels import figure, graph, heat
from tools.dashboards.queries import Json, Query, quantile, rate

_LATE = Limits(warning=2, critical=15)
_LAG = Limits(warning=10, critical=60)
_FULL = Limits(warning=0.8, critical=1)


def delivery() -> Json:
    """Return the dashboard of the way of the data."""
    return dashboard(
        "delivery",
        "DeltaStream: delivery",
        "The way of an event: published, enriched, stored, sent. How old it is at each hop, what"
        " waits for it, and what subscribers are spared.",
        [_at_a_glance(), _age(), _bus(), _work(), _store(), _streams()],
    )


def _at_a_glance() -> Row:
    return Row(
        title="At a glance",
        across=6,
        height=4,
        panels=[
            figure(
                "Published",
                "Raw events a second that the bus has acknowledged.",
                rate("deltastream_bus_published_total", labels='role="feed"'),
                unit=Unit.EVENTS,
            ),
            figure(
                "Age when sent",
                "How old one in a hundred events is at least when it is handed to a live stream.",
                quantile(0.99, "deltastream_event_age_seconds", labels='hop="sent"'),
                unit=Unit.SECONDS,
                limits=_LATE,
            ),
            figure(
                "Largest lag",
                "Age of the oldest event that enrichment has not finished.",
                "max(subject:deltastream_consumer_lag_seconds:max)",
                unit=Unit.SECONDS,
                limits=_LAG,
            ),
            figure(
                "Fullest subject",
                "Entries that it holds, of those at which it counts as full.",
                "max(subject:deltastream_bus_backlog_ratio:max)",
                unit=Unit.SHARE,
                limits=_FULL,
            ),
            figure(
                "Waits to be stored",
                "Results that are published and neither stored nor committed yet.",
                "sum(deltastream_consumer_pending_entries)",
                unit=Unit.COUNT,
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


def _age() -> Row:
    return Row(
        title="How old events are",
        across=3,
        panels=[
            graph(
                "Age, 99 of 100",
                "How old 99 of 100 events are at most, since the feed has numbered them.",
                Query(
                    expression=quantile(0.99, "deltastream_event_age_seconds", "hop", "kind"),
                    legend="{{hop}} {{kind}}",
                ),
                unit=Unit.SECONDS,
                limits=_LATE,
            ),
            graph(
                "Age, half of them",
                "How old half of the events are at most, since the feed has numbered them.",
                Query(
                    expression=quantile(0.5, "deltastream_event_age_seconds", "hop", "kind"),
                    legend="{{hop}} {{kind}}",
                ),
                unit=Unit.SECONDS,
            ),
            heat(
                "Age when stored",
                "How the ages of events are spread when storage has them.",
                rate("deltastream_event_age_seconds_bucket", "le", labels='hop="stored"'),
                unit=Unit.SECONDS,
            ),
        ],
    )


def _bus() -> Row:
    return Row(
        title="The bus",
        panels=[
            graph(
                "Published",
                "Entries a second that the bus has acknowledged: raw ones of the feed, enriched"
                " ones of enrichment.",
                Query(
                    expression=rate("deltastream_bus_published_total", "role", "kind"),
                    legend="{{role}} {{kind}}",
                ),
                unit=Unit.EVENTS,
                links=behind(),
            ),
            graph(
                "Lag",
                "Age of the oldest event of a subject that enrichment has not finished.",
                Query(
                    expression="topk(10, subject:deltastream_consumer_lag_seconds:max)",
                    legend="{{subject}}",
                ),
                unit=Unit.SECONDS,
                limits=_LAG,
                links=behind("enrichment"),
            ),
            graph(
                "Unfinished",
                "Entries of a subject that enrichment has not finished.",
                Query(
                    expression="topk(10, max by (subject) (deltastream_consumer_lag_entries))",
                    legend="{{subject}}",
                ),
                unit=Unit.COUNT,
                links=behind("enrichment"),
            ),
            graph(
                "How full subjects are",
                "Entries that a subject holds, of those at which it counts as full. What nobody"
                " has finished is never trimmed.",
                Query(
                    expression="topk(10, subject:deltastream_bus_backlog_ratio:max)",
                    legend="{{subject}}",
                ),
                unit=Unit.SHARE,
                limits=_FULL,
            ),
            graph(
                "Entries",
                "Entries that subjects hold: those that wait, and those kept for who resumes.",
                Query(
                    expression="topk(10, max by (subject) (deltastream_bus_entries))",
                    legend="{{subject}}",
                ),
                unit=Unit.COUNT,
            ),
            graph(
                "Leases",
                "Products whose lease a process holds; together they are all products.",
                Query(
                    expression="deltastream_leases_held",
                    legend="{{role}} {{instance}}",
                ),
                unit=Unit.COUNT,
                stacked=True,
                links=behind(),
            ),
        ],
    )


def _work() -> Row:
    return Row(
        title="Enrichment",
        panels=[
            graph(
                "Duration",
                "How long a batch of up to 32 entries takes to enrich.",
                Query(
                    expression=quantile(0.99, "deltastream_enrichment_duration_seconds"),
                    legend="99 of 100",
                ),
                Query(
                    expression=quantile(0.5, "deltastream_enrichment_duration_seconds"),
                    legend="half",
                ),
                unit=Unit.SECONDS,
                links=behind("enrichment"),
            ),
            graph(
                "Enriched",
                "Events a second that were enriched.",
                Query(
                    expression=rate("deltastream_enriched_events_total", "kind"),
                    legend="{{kind}}",
                ),
                unit=Unit.EVENTS,
                stacked=True,
                links=behind("enrichment"),
            ),
            graph(
                "Tried again",
                "Failures a second after which something was tried again, for what it needs was"
                " away.",
                Query(
                    expression=rate("deltastream_retries_total", "role", "operation"),
                    legend="{{role}} {{operation}}",
                ),
                unit=Unit.EVENTS,
                links=behind(),
            ),
            graph(
                "Given up",
                "Events within five minutes that became dead letters.",
                Query(
                    expression="sum by (reason) (increase(deltastream_dead_letters_total[5m]))",
                    legend="{{reason}}",
                ),
                unit=Unit.COUNT,
                links=behind("enrichment"),
            ),
        ],
    )


def _store() -> Row:
    return Row(
        title="The store",
        panels=[
            graph(
                "Duration of writes",
                "How long 99 of 100 batches take at most to be durable, their wait for others"
                " included.",
                Query(
                    expression=quantile(0.99, "deltastream_store_write_duration_seconds", "kind"),
                    legend="{{kind}}",
                ),
                unit=Unit.SECONDS,
                links=behind("storage"),
            ),
            graph(
                "Rows in a batch",
                "How many rows are written together, on average.",
                Query(
                    expression=f"{rate('deltastream_store_batch_rows_sum', 'kind')}"
                    f" / {rate('deltastream_store_batch_rows_count', 'kind')}",
                    legend="{{kind}}",
                ),
                unit=Unit.COUNT,
                links=behind("storage"),
            ),
            graph(
                "Rows",
                "Rows a second that were written or replaced.",
                Query(
                    expression=rate("deltastream_store_rows_total", "kind"),
                    legend="{{kind}}",
                ),
                unit=Unit.EVENTS,
                stacked=True,
                links=behind("storage"),
            ),
            graph(
                "Answered by caches",
                "Questions that a cache could answer, of all that it was asked.",
                Query(
                    expression=rate(
                        "deltastream_cache_requests_total", "cache", labels='result="hit"'
                    )
                    + f" / {rate('deltastream_cache_requests_total', 'cache')}",
                    legend="{{cache}}",
                ),
                unit=Unit.SHARE,
            ),
        ],
    )


def _streams() -> Row:
    return Row(
        title="Streams",
        panels=[
            graph(
                "Open streams",
                "Streams that are open: subscribers, and the edge as one of them.",
                Query(
                    expression="sum by (role, rpc_method) (deltastream_streams_active)",
                    legend="{{role}} {{rpc_method}}",
                ),
                unit=Unit.COUNT,
                links=behind(),
            ),
            graph(
                "Sent",
                "Events a second given to subscribers, each counted once for each of them.",
                Query(
                    expression=rate("deltastream_stream_events_sent_total", "rpc_method"),
                    legend="{{rpc_method}}",
                ),
                unit=Unit.EVENTS,
            ),
            graph(
                "Conflated",
                "Events that a newer one replaced before a slow subscriber took them, of all.",
                Query(
                    expression="method:deltastream_stream_events_conflated:ratio5m",
                    legend="{{rpc_method}}",
                ),
                unit=Unit.SHARE,
                limits=Limits(warning=0.2),
            ),
            graph(
                "Ended",
                "Streams that ended within five minutes; RESOURCE_EXHAUSTED is a reader too slow"
                " for LOSSLESS.",
                Query(
                    expression="sum by (rpc_method, code)"
                    " (increase(deltastream_streams_ended_total[5m]))",
                    legend="{{rpc_method}} {{code}}",
                ),
                unit=Unit.COUNT,
            ),
        ],
    )
