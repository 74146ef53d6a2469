"""Every attribute and header name that this package reads or writes, spelled once.

The names under "Ours" are public API under semantic versioning. The others belong to
the conventions they come from; see https://opentelemetry.io/docs/specs/semconv/ and
https://github.com/open-telemetry/semantic-conventions-genai.
"""

from typing import Final

# Ours: on every span of a session.
SESSION_ID: Final = "helicone.session.id"
SESSION_PATH: Final = "helicone.session.path"
SESSION_NAME: Final = "helicone.session.name"
PROPERTY_PREFIX: Final = "helicone.property."
# Ours: on every span of a session, when asked for; 0 to 99. n% of sessions are those below n.
SESSION_BUCKET: Final = "helicone.session.bucket"
# Ours: what a session writes over what stands there: half of it would be another session's.
SESSION_KEYS: Final = frozenset({SESSION_ID, SESSION_PATH, SESSION_NAME, SESSION_BUCKET})
# Ours: on requests; one of the Kind values other than "structure".
REQUEST_TYPE: Final = "helicone.request.type"
# Ours: what record.data and record.vector say where no convention has a word.
DATA_NAME: Final = "helicone.data.name"
DATA_VALUE: Final = "helicone.data.value"
DATA_RESULT: Final = "helicone.data.result"
VECTOR_OPERATION: Final = "helicone.vector.operation"
VECTOR_FILTER: Final = "helicone.vector.filter"
VECTOR_TEXT: Final = "helicone.vector.text"
# Ours: the name that a gateway of Helicone gave the request it already logged.
HELICONE_ID: Final = "helicone.request.id"
# Ours: on a span of ours for an HTTP call whose answer is not known to its end: it was left
# early, broken off, or longer than we keep.
RESPONSE_TRUNCATED: Final = "helicone.response.truncated"
# Ours: on the spans of a session's own trace. What a span is in it ("session", "node",
# "request"); how many requests of a node have no span; why and when the totals were taken; all
# names, of a session that has several; and, below the prefix, the totals.
TRACE_ROLE: Final = "helicone.session.trace.role"
TRACE_COLLAPSED: Final = "helicone.session.trace.collapsed"
TRACE_CLOSED: Final = "helicone.session.trace.closed"
TRACE_CLOSED_AT: Final = "helicone.session.trace.closed_at"
SESSION_NAMES: Final = "helicone.session.names"
TOTAL_PREFIX: Final = "helicone.session.total."
# Ours: on a link between two traces of one session; what the other trace is ("previous").
LINK_KIND: Final = "helicone.session.link"
# Ours: on metrics. Which exporter, by its class; and what became of spans on their way there.
DESTINATION: Final = "helisession.destination"
OUTCOME: Final = "helisession.outcome"

# General OpenTelemetry.
OTEL_SESSION_ID: Final = "session.id"
USER_ID: Final = "user.id"
ERROR_TYPE: Final = "error.type"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"
HTTP_STATUS_CODE: Final = "http.response.status_code"
HTTP_STATUS_CODE_OLD: Final = "http.status_code"
EXCEPTION_EVENT: Final = "exception"
EXCEPTION_TYPE: Final = "exception.type"
EXCEPTION_MESSAGE: Final = "exception.message"
COMPONENT_TYPE: Final = "otel.component.type"
COMPONENT_NAME: Final = "otel.component.name"

# GenAI semantic conventions.
CONVERSATION_ID: Final = "gen_ai.conversation.id"
OPERATION_NAME: Final = "gen_ai.operation.name"
PROVIDER_NAME: Final = "gen_ai.provider.name"
SYSTEM: Final = "gen_ai.system"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
REQUEST_TEMPERATURE: Final = "gen_ai.request.temperature"
REQUEST_TOP_P: Final = "gen_ai.request.top_p"
REQUEST_TOP_K: Final = "gen_ai.request.top_k"
REQUEST_MAX_TOKENS: Final = "gen_ai.request.max_tokens"
REQUEST_SEED: Final = "gen_ai.request.seed"
REQUEST_FREQUENCY_PENALTY: Final = "gen_ai.request.frequency_penalty"
REQUEST_PRESENCE_PENALTY: Final = "gen_ai.request.presence_penalty"
REQUEST_STOP: Final = "gen_ai.request.stop_sequences"
REQUEST_CHOICE_COUNT: Final = "gen_ai.request.choice.count"
REQUEST_REASONING_LEVEL: Final = "gen_ai.request.reasoning.level"
RESPONSE_MODEL: Final = "gen_ai.response.model"
RESPONSE_ID: Final = "gen_ai.response.id"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
TIME_TO_FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
TOKEN_TYPE: Final = "gen_ai.token.type"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS: Final = "gen_ai.usage.cache_write.input_tokens"
CACHE_CREATION_TOKENS: Final = "gen_ai.usage.cache_creation.input_tokens"
REASONING_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"
USAGE_COST: Final = "gen_ai.usage.cost"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
SYSTEM_INSTRUCTIONS: Final = "gen_ai.system_instructions"
TOOL_DEFINITIONS: Final = "gen_ai.tool.definitions"
TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_CALL_ID: Final = "gen_ai.tool.call.id"
TOOL_ARGUMENTS: Final = "gen_ai.tool.call.arguments"
TOOL_RESULT: Final = "gen_ai.tool.call.result"
AGENT_NAME: Final = "gen_ai.agent.name"
WORKFLOW_NAME: Final = "gen_ai.workflow.name"
DATA_SOURCE_ID: Final = "gen_ai.data_source.id"
RETRIEVAL_QUERY: Final = "gen_ai.retrieval.query.text"
RETRIEVAL_TOP_K: Final = "gen_ai.retrieval.top_k"
RETRIEVAL_DOCUMENTS: Final = "gen_ai.retrieval.documents"

# Database spans.
DB_SYSTEM_NAME: Final = "db.system.name"
DB_OPERATION_NAME: Final = "db.operation.name"
DB_COLLECTION_NAME: Final = "db.collection.name"
DB_RETURNED_ROWS: Final = "db.response.returned_rows"
DB_SYSTEM_OLD: Final = "db.system"

# HTTP spans.
HTTP_METHOD: Final = "http.request.method"
HTTP_METHOD_OLD: Final = "http.method"
HTTP_HOST_OLD: Final = "http.host"
HTTP_URL_OLD: Final = "http.url"
NET_PEER_NAME_OLD: Final = "net.peer.name"
URL_FULL: Final = "url.full"

# RPC and messaging spans.
MESSAGING_SYSTEM: Final = "messaging.system"
RPC_SYSTEM: Final = "rpc.system.name"
RPC_SYSTEM_OLD: Final = "rpc.system"

# Helicone's headers: https://docs.helicone.ai/features/sessions
SESSION_ID_HEADER: Final = "Helicone-Session-Id"
SESSION_PATH_HEADER: Final = "Helicone-Session-Path"
SESSION_NAME_HEADER: Final = "Helicone-Session-Name"
USER_ID_HEADER: Final = "Helicone-User-Id"
PROPERTY_HEADER_PREFIX: Final = "Helicone-Property-"
# On what a gateway of Helicone answers; and where a gateway shall send a request.
HELICONE_ID_HEADER: Final = "helicone-id"
TARGET_URL_HEADER: Final = "Helicone-Target-Url"
# Only in the meta of a log.
REQUEST_ID_HEADER: Final = "Helicone-Request-Id"
MODEL_OVERRIDE_HEADER: Final = "Helicone-Model-Override"
