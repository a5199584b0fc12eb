"""Which markets are open, is there data of each product, and until when are the calendars good?"""

from tools.dashboards.dashboard import Row, choice, dashboard
from tools.dashboards.fields import Limits, Unit
from tools.dashboards.links import behind
from tools.dashboards.panels import figure, graph, rows, states
from tools.dashboards.queries import Json, Query, rate

_SILENT = Limits(warning=30, critical=60)
_CHOSEN = 'product=~"$product"'
_SUBJECTS = 'subject=~".+:($product)"'


def market() -> Json:
    """Return the dashboard of products and exchanges."""
    return dashboard(
        "market",
        "DeltaStream: market",
        "Each product: whether its market is open, when its last event came, and what waits of it;"
        " each exchange: until when its calendar is good.",
        [_at_a_glance(), _products(), _volumes(), _calendars()],
        variables=[
            choice(
                "product",
                "Product",
                "Symbols to look at.",
                "deltastream_feed_last_event_age_seconds",
            )
        ],
    )


def _at_a_glance() -> Row:
    return Row(
        title="At a glance",
        across=4,
        height=4,
        panels=[
            figure(
                "Products",
                "Products of which the feed has published anything.",
                f"count(deltastream_feed_last_event_age_seconds{{{_CHOSEN}}})",
                unit=Unit.COUNT,
            ),
            figure(
                "Open markets",
                "Products whose exchange trades.",
                f"sum(deltastream_market_open{{{_CHOSEN}}})",
                unit=Unit.COUNT,
            ),
            figure(
                "Longest silence",
                "How long ago the last event of a product came whose market is open.",
                f"max(deltastream_feed_last_event_age_seconds{{{_CHOSEN}}}"
                " and on (product) deltastream_market_open == 1)",
                unit=Unit.SECONDS,
                limits=_SILENT,
            ),
            figure(
                "Calendars last for",
                "How long until the first exchange's calendar ends.",
                "min(deltastream_calendar_valid_until_timestamp_seconds) - time()",
                unit=Unit.SECONDS,
                limits=Limits(warning=30 * 86400, critical=3 * 86400, good_when_high=True),
            ),
        ],
    )


def _products() -> Row:
    return Row(
        title="Products",
        panels=[
            states(
                "Open",
                "Whether the product's exchange trades, as the feed announces it.",
                Query(
                    expression=f"max by (product) (deltastream_market_open{{{_CHOSEN}}})",
                    legend="{{product}}",
                ),
            ),
            graph(
                "Silence",
                "How long ago the feed last published an event of a product.",
                Query(
                    expression="min by (product)"
                    f" (deltastream_feed_last_event_age_seconds{{{_CHOSEN}}})",
                    legend="{{product}}",
                ),
                unit=Unit.SECONDS,
                limits=_SILENT,
                links=behind("feed"),
            ),
            graph(
                "Lag",
                "Age of the oldest event of a product that enrichment has not finished.",
                Query(
                    expression=f"subject:deltastream_consumer_lag_seconds:max{{{_SUBJECTS}}}",
                    legend="{{subject}}",
                ),
                unit=Unit.SECONDS,
                limits=Limits(warning=10, critical=60),
                links=behind("enrichment"),
            ),
            graph(
                "Entries on the bus",
                "Entries that the product's subjects hold.",
                Query(
                    expression=f"max by (subject) (deltastream_bus_entries{{{_SUBJECTS}}})",
                    legend="{{subject}}",
                ),
                unit=Unit.COUNT,
            ),
        ],
    )


def _volumes() -> Row:
    return Row(
        title="All products together",
        panels=[
            graph(
                "From the market",
                "Raw events a second, by their kind.",
                Query(
                    expression=rate(
                        "deltastream_bus_published_total", "kind", labels='role="feed"'
                    ),
                    legend="{{kind}}",
                ),
                unit=Unit.EVENTS,
                stacked=True,
                links=behind("feed"),
            ),
            graph(
                "Enriched",
                "Enriched events a second, by their kind; candles are versions of one.",
                Query(
                    expression=rate("deltastream_enriched_events_total", "kind"),
                    legend="{{kind}}",
                ),
                unit=Unit.EVENTS,
                stacked=True,
                links=behind("enrichment"),
            ),
        ],
    )


def _calendars() -> Row:
    return Row(
        title="Calendars",
        across=1,
        height=6,
        panels=[
            rows(
                "Calendars",
                "The last day whose sessions are known, of each exchange.",
                Query(
                    expression="min by (exchange)"
                    " (deltastream_calendar_valid_until_timestamp_seconds) * 1000",
                    now=True,
                    table=True,
                ),
                columns={"exchange": "Exchange", "Value": "Good until"},
                units={"Good until": Unit.DATE},
            ),
        ],
    )
