// One scene of the Vercel AI SDK, versions 4 to 7: its spans into a file, as JSON.
//
//     node scenes.mjs http://127.0.0.1:8080/v1 chat spans.json
import { readFileSync, writeFileSync } from "node:fs";
import * as ai from "ai";
import { createOpenAI } from "@ai-sdk/openai";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { context, trace } from "@opentelemetry/api";
import { z } from "zod";

const [url, scene, target] = process.argv.slice(2);
const major = Number(JSON.parse(readFileSync("node_modules/ai/package.json")).version.split(".")[0]);

const memory = new InMemorySpanExporter();
const begun = []; // the ids in the order of the starts, whose times have whole milliseconds only
const inOrder = {
  onStart: (span) => begun.push(span.spanContext().spanId),
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
const provider = new BasicTracerProvider({ spanProcessors: [inOrder, new SimpleSpanProcessor(memory)] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(provider);

const openai = createOpenAI({ baseURL: url, apiKey: "sk-0000", compatibility: "strict" });
const embedder = (openai.embedding ?? openai.textEmbeddingModel)("text-embedding-3-small");
const telemetry = { functionId: "plan trip", metadata: { sessionId: "trip-to-lisbon", userId: "traveller" } };
const experimental_telemetry = { isEnabled: true, ...telemetry };
const shared = { model: openai.chat("gpt-5.4-mini"), maxRetries: 0, experimental_telemetry };

if (major >= 7) {
  const { OpenTelemetry } = await import("@ai-sdk/otel");
  ai.registerTelemetry(new OpenTelemetry());
}

const schema = z.object({ city: z.string() });
const weather = {
  description: "Forecast for a city.",
  ...(major === 4 ? { parameters: schema } : { inputSchema: schema }),
  execute: async ({ city }) => ({ city, degrees: 18 }),
};
const steps = major === 4 ? { maxSteps: 2 } : { stopWhen: (ai.stepCountIs ?? ai.isStepCount)(2) };
const instructions = major >= 7 ? { instructions: "You are brief." } : { system: "You are brief." };

const scenes = {
  chat: () =>
    ai.generateText({ ...shared, ...instructions, prompt: "An itinerary for Kyoto?", temperature: 0.2 }),
  tool: () =>
    ai.generateText({
      ...shared,
      ...steps,
      tools: { check_weather: weather },
      prompt: "What is the weather in Lisbon?",
    }),
  stream: async () => {
    const answer = ai.streamText({ ...shared, prompt: "Tell the traveller about Lisbon." });
    for await (const _ of answer.textStream);
  },
  failure: () => ai.generateText({ ...shared, prompt: "Hello?" }),
  embed: () => ai.embed({ model: embedder, value: "a quiet hotel", experimental_telemetry }),
};

const nanoseconds = ([seconds, rest]) => String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));

try {
  await scenes[scene]();
} catch (error) {
  if (scene !== "failure") throw error;
}
await new Promise((done) => setTimeout(done, 20)); // spans that end after the last token
const told = memory.getFinishedSpans().map((span) => ({
  name: span.name,
  id: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId ?? span.parentSpanId ?? null,
  kind: span.kind,
  scope: (span.instrumentationScope ?? span.instrumentationLibrary).name,
  start: nanoseconds(span.startTime),
  end: nanoseconds(span.endTime),
  status: span.status,
  attributes: span.attributes,
  events: span.events.map((event) => ({
    name: event.name,
    time: nanoseconds(event.time),
    attributes: event.attributes ?? {},
  })),
}));
told.sort((one, other) => begun.indexOf(one.id) - begun.indexOf(other.id));
writeFileSync(target, JSON.stringify(told));
