// Sends three spans of one trace, as an agent in JavaScript would: URL and encoding are arguments.
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";

const [url, encoding] = process.argv.slice(2);
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${encoding}`);
const exporter = new OTLPTraceExporter({ url, compression: "gzip" });
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("agent.js", "1.0");

const agent = tracer.startSpan("invoke_agent planner", {
  attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner" },
});
const within = trace.setSpan(context.active(), agent);
const tool = tracer.startSpan(
  "execute_tool search",
  { attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search" } },
  within,
);
tool.setAttribute("numbers", [1, 2.5]);
tool.addEvent("retried", { attempt: 2 });
tool.setStatus({ code: SpanStatusCode.ERROR, message: "no hotels ☂" });
tool.end();
tracer
  .startSpan(
    "chat",
    {
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-5.4-mini",
        "gen_ai.conversation.id": "chat-7",
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 3,
      },
    },
    within,
  )
  .end();
agent.end();
await provider.shutdown();
