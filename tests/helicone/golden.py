"""The logs of Helicone's three worked examples, as they were looked at and found right.

    python -m tests.helicone.golden

writes ``tests/helicone/golden/*.json`` anew, for a change that is meant; look at the
difference before it is committed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.log import LogWriter
from tests.helicone.spans import llm, text_message

FOLDER = Path(__file__).parent / "golden"

EXAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "code_generation": (
        "Code Generation Assistant",
        {
            "/request": "Write a function that adds two numbers.",
            "/request/validation": "Validate the code.",
            "/request/validation/typescript": "As TypeScript, please.",
        },
    ),
    "pr_review": (
        "PR Review Bot",
        {
            "/analysis": "Summarise the changes of this pull request.",
            "/analysis/security": "Is any of it a security risk?",
            "/analysis/security/comments": "Write review comments on these risks.",
        },
    ),
    "api_documentation": (
        "API Documentation Generator",
        {
            "/analyze": "Which endpoints does this code have?",
            "/analyze/openapi": "Describe them in OpenAPI.",
            "/analyze/openapi/examples": "Add an example to each.",
        },
    ),
}
"""Session name, and path to question, from https://docs.helicone.ai/features/sessions."""

ENDPOINTS = {
    "worker": Endpoint.given("https://api.worker.helicone.ai/custom/v1/log"),
    "jawn": Endpoint.given("http://localhost:8585/v1/trace/custom/log"),
}


def spans(name: str) -> list[ReadableSpan]:
    """Return the three requests of an example; each carries what was said before it."""
    title, questions = EXAMPLES[name]
    number = 16 * (1 + list(EXAMPLES).index(name))
    said: list[dict[str, Any]] = []
    made = []
    for step, (path, question) in enumerate(questions.items(), 1):
        said.append(text_message("user", question))
        answer = f"Answer {step} of {len(questions)}."
        attributes = {
            "helicone.session.id": f"00000000-0000-4000-8000-0000000000{number}",
            "helicone.session.path": path,
            "helicone.session.name": title,
            "gen_ai.input.messages": json.dumps(said),
            "gen_ai.response.id": f"chatcmpl-{name}-{step}",
        }
        times = (step * 2_000, step * 2_000 + 1_500)
        made.append(llm(question, answer, number=number + step, times=times, extra=attributes))
        said.append(text_message("assistant", answer))
    return made


def logs(name: str) -> dict[str, Any]:
    """Return the logs of an example, by flavour."""
    made = {}
    for flavour, endpoint in ENDPOINTS.items():
        written = [LogWriter(endpoint).write(span) for span in spans(name)]
        made[flavour] = [json.loads(log.body) for log in written if log is not None]
    return made


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in EXAMPLES:
        text = json.dumps(logs(name), indent=2, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
