"""MCP's own SDK 2, which makes spans of clients and of servers itself."""

LIBRARY = "mcp"
INSTRUMENTATION = "its own"
REQUIREMENTS = ("mcp==2.3.0",)
ENVIRONMENT = "openai3"
EMPTY = {
    "tool calls": "it says the tool's name, but neither arguments nor result",
    "errors": "it says that a tool failed, but not why",
}


def instrument(provider):
    """Nothing to do: it makes its spans with the global provider."""


def _server():
    from mcp.server import MCPServer

    server = MCPServer("weather")

    @server.tool()
    def check_weather(city: str) -> str:
        """Forecast for a city."""
        if city == "Atlantis":
            raise LookupError(city)
        return f"18 °C in {city}"

    @server.prompt()
    def plan(city: str) -> str:
        """A plan for a city."""
        return f"Plan a day in {city}."

    return server


def _elsewhere():
    """Return the same server as a process of its own, which makes no spans here."""
    import sys

    from mcp import StdioServerParameters

    source = "from tests.compatibility.rows import mcp2; mcp2._server().run()"
    root = str(__import__("pathlib").Path(__file__).parents[3])
    return StdioServerParameters(
        command=sys.executable, args=["-c", source], env={"PYTHONPATH": root}
    )


async def call(llm):
    from mcp import Client

    async with Client(_elsewhere()) as client:
        await client.list_tools()
        await client.call_tool("check_weather", {"city": "Lisbon"})
        await client.get_prompt("plan", {"city": "Lisbon"})


async def server_call(llm):
    from mcp import Client

    async with Client(_server()) as client:
        await client.call_tool("check_weather", {"city": "Lisbon"})


async def failure(llm):
    from mcp import Client

    async with Client(_elsewhere()) as client:
        await client.call_tool("check_weather", {"city": "Atlantis"})
    async with Client(_server()) as client:
        await client.call_tool("check_weather", {"city": "Atlantis"})
