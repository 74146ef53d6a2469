"""LangChain with LangGraph and Langfuse's callback handler."""

LIBRARY = "langchain"
INSTRUMENTATION = "Langfuse"
REQUIREMENTS = (
    "langchain==1.4.7",
    "langchain-openai==1.7.3",
    "langgraph==1.2.22",
    "langfuse==5.0.4",
    "numpy==2.4.6",
    "openai==3.54.0",
)
ENVIRONMENT = "langchain"
PROGRAM = "langchain_agent"
VARIABLES = {"LANGFUSE_TRACING_ENABLED": "true"}


def instrument(provider):
    from contextvars import ContextVar

    from langchain_core.tracers.context import register_configure_hook
    from langfuse import Langfuse
    from langfuse.langchain import CallbackHandler

    Langfuse(
        public_key="pk-lf-0000",
        secret_key="sk-lf-0000",
        base_url="http://127.0.0.1:9",
        tracer_provider=provider,
        should_export_span=lambda span: False,
    )
    handler = ContextVar("handler", default=None)
    handler.set(CallbackHandler(public_key="pk-lf-0000"))
    register_configure_hook(handler, inheritable=True)  # as if every call were given it
