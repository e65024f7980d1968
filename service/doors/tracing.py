"""OpenTelemetry traces, when the standard `OTEL_…` variables ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from opentelemetry import trace

from service import __version__
from service.errors import SettingsError

_GROUP = "opentelemetry_traces_exporter"
_ASKING = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def exporter_names(environ: Mapping[str, str]) -> list[str]:
    """Which exporters the environment asks for, by the names that they are installed under; none by default.

    `otlp` goes over gRPC unless `OTEL_EXPORTER_OTLP_PROTOCOL` says otherwise.
    """
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or not any(environ.get(key) for key in _ASKING):
        return []
    protocol = (environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
                or "grpc")
    chosen = [name.strip() for name in (environ.get("OTEL_TRACES_EXPORTER") or "otlp").split(",")]
    otlp = "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"
    return [otlp if name == "otlp" else name for name in chosen if name not in ("", "none")]


def start_tracing(environ: Mapping[str, str]) -> Callable[[], None]:
    """Send spans where the environment says; calling the result sends what is left and stops.

    Raises SettingsError for an exporter that is not installed.
    """
    names = exporter_names(environ)
    if not names:
        return lambda: None
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    given = {"service.version": __version__}
    if not environ.get("OTEL_SERVICE_NAME"):
        given["service.name"] = "onrecord"
    provider = TracerProvider(resource=Resource.create(given))
    for name in names:
        found = entry_points(group=_GROUP, name=name)
        if not found:
            raise SettingsError(
                f"the OpenTelemetry exporter {name!r} is not installed",
                advice="set OTEL_TRACES_EXPORTER to `otlp` (over gRPC) or `console`, or install its package")
        provider.add_span_processor(BatchSpanProcessor(next(iter(found)).load()()))
    trace.set_tracer_provider(provider)
    return provider.shutdown
