"""Names of units that add nothing to a path: what frameworks write around the work itself.

A segment says what the work is for. ``LangGraph``, ``RunnableSequence`` or ``turn`` say how a
framework runs it: they stand in every program alike, several deep, and would make each path
long without telling two places apart. What hangs below such a span hangs where it hangs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from otel_helisession.conventions.segment import stable

LANGCHAIN: Final = frozenset(
    {
        *("LangGraph", "__start__", "__end__", "_write", "_route", "should_continue"),
        *(
            "tools_condition",
            "route_tools",
            "model",
            "tools",
            "agent",
            "call_model",
            "model_to_tools",
        ),
        *("ChannelWrite", "ChannelRead", "RunnableSequence", "RunnableParallel", "RunnableLambda"),
        *(
            "RunnableMap",
            "RunnablePassthrough",
            "RunnableAssign",
            "RunnableBinding",
            "RunnableRetry",
        ),
        *("RunnableBranch", "RunnableEach", "RunnableGenerator", "RunnableWithFallbacks"),
        *("RunnableCallable", "RunnableWithMessageHistory", "RunnablePick", "RunnableConfigurable"),
        *("AgentExecutor", "LLMChain", "Prompt", "PromptTemplate", "ChatPromptTemplate"),
        *("FewShotPromptTemplate", "MessagesPlaceholder", "StrOutputParser", "JsonOutputParser"),
        *("PydanticOutputParser", "PydanticToolsParser", "JsonOutputToolsParser"),
        *("JsonOutputKeyToolsParser", "ToolsAgentOutputParser", "OpenAIToolsAgentOutputParser"),
        *("StuffDocumentsChain", "format_docs", "StructuredOutputParser", "load_memory"),
    }
)
"""LangChain's and LangGraph's: default names of graphs, the nodes that every prebuilt agent has,
the pieces a chain is put together of, templates and parsers."""

LLAMA_INDEX: Final = frozenset(
    {
        *(
            "BaseWorkflowAgent",
            "AgentWorkflow",
            "Workflow",
            "SentenceSplitter",
            "TokenTextSplitter",
        ),
        *("MetadataAwareTextSplitter", "SemanticSplitterNodeParser", "SimpleNodeParser"),
        *("CompactAndRefine", "Refine", "TreeSummarize", "SimpleSummarize", "Accumulate"),
        *("DefaultRefineProgram", "LLMTextCompletionProgram", "FunctionCallingProgram"),
        *("RetrieverQueryEngine", "ContextChatEngine", "SimpleChatEngine", "Dispatcher"),
        *("FunctionTool", "QueryEngineTool", "ReActOutputParser", "SelectionOutputParser"),
    }
)
"""LlamaIndex's own classes: the steps of its prebuilt agents, splitters and synthesizers."""

OTHERS: Final = frozenset(
    {
        *("turn", "response", "generation", "speech_group"),  # OpenAI Agents
        *("handoff", "Task", "Crew", "Flow", "Agent", "Runner", "invocation"),
        *("OpenAI-generation", "OpenAI-embedding", "Completions", "Embeddings", "Responses"),
        *("unknown", "unnamed", "root", "main", "lambda", "<lambda>", "<listcomp>", "wrapper"),
    }
)
"""What other frameworks call things that nobody has named, and what is no name."""


UNNAMED: Final = frozenset(
    {
        *("agent", "Agent", "agent run", "Agent workflow", "Agent Workflow", "workflow"),
        *("Workflow", "crew", "Crew", "crewai", "flow", "Flow", "LangGraph", "Strands Agents"),
        *("unknown", "unnamed", "AgentExecutor", "AgentWorkflow", "invoke_agent"),
    }
)
"""What frameworks call agents and workflows that nobody has named."""

PLUMBING: Final = LANGCHAIN | LLAMA_INDEX | OTHERS | UNNAMED

_ENTRANCES: Final = frozenset(
    {
        *("run", "arun", "run_async", "invoke", "ainvoke", "call", "acall", "__call__", "forward"),
        *("kickoff", "kickoff_async", "kickoff_for_each", "execute", "execute_task", "start"),
        *("query", "aquery", "chat", "achat", "stream_chat", "astream_chat", "stream", "astream"),
        *("retrieve", "aretrieve", "postprocess_nodes", "rerank", "synthesize", "asynthesize"),
        *("workflow", "task", "agent", "tool", "chain"),
    }
)
"""Methods by which one enters a thing: its name says what is done, the method does not."""

_BETWEEN: Final = ("handoff to ", "handoff:")
"""What is between two agents' work: the second one hangs beside the first, not below."""

_SPLIT_BY_STEP: Final = frozenset({"Flow", "Workflow"})
"""Plumbing whose methods are the user's own."""

_CREW_AGENT: Final = "._execute_core"
"""How CrewAI's ``Travel agent.plan_trip._execute_core`` ends: role, task if it has a name."""

_CLASS: Final = re.compile(r"_?[A-Z]\w*")
_WORD: Final = re.compile(r"\w+")


def worker(name: str) -> str:
    """Return the segment of an agent or workflow that somebody has called *name*; empty for
    the name that a framework gives to those without one. Ids and counters go."""
    made = stable(name)
    return "" if made in UNNAMED else made


@lru_cache(maxsize=4_096)
def unit(name: str) -> str:
    """Return the segment of a unit of work that a framework calls *name*; empty for plumbing.

    ``TripCrew.kickoff`` is ``TripCrew``, because one enters it by ``kickoff``; ``TripFlow.plan``
    is ``plan``; a private method (``Engine._query``) is nothing. Ids and counters go.
    """
    if name in PLUMBING or name.startswith(_BETWEEN):
        return ""
    name = name.rpartition("<locals>.")[2]
    owner, _, method = name.rpartition(".")
    if name.endswith(_CREW_AGENT):
        role, _, task = owner.rpartition(".")
        made = stable(role if role and _WORD.fullmatch(task) else owner)
    elif owner and method in _ENTRANCES:
        made = stable(owner)
    elif owner and method.startswith("_"):
        return ""
    elif owner and _CLASS.fullmatch(stable(owner).rpartition(".")[2]) and _WORD.fullmatch(method):
        made = "" if stable(owner) in PLUMBING - _SPLIT_BY_STEP else stable(method)
    else:
        made = stable(name)
    return "" if made in PLUMBING else made
