"""MCP's SDK 1, instrumented by OpenLLMetry, as a client of a server in another process."""

LIBRARY = "mcp"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = ("mcp==1.30.0", "opentelemetry-instrumentation-mcp==0.62.4")
ENVIRONMENT = "mcp1"


def instrument(provider):
    from opentelemetry.instrumentation.mcp import McpInstrumentor

    McpInstrumentor().instrument(tracer_provider=provider)


_SERVER = """
from mcp.server.fastmcp import FastMCP

server = FastMCP("weather")

@server.tool()
def check_weather(city: str) -> str:
    if city == "Atlantis":
        raise LookupError(city)
    return f"18 °C in {city}"

server.run()
"""


async def _ask(city):
    import sys

    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    elsewhere = StdioServerParameters(command=sys.executable, args=["-c", _SERVER])
    async with stdio_client(elsewhere) as (read, write), ClientSession(read, write) as client:
        await client.initialize()
        await client.list_tools()
        await client.call_tool("check_weather", {"city": city})


async def call(llm):
    await _ask("Lisbon")


async def failure(llm):
    await _ask("Atlantis")
