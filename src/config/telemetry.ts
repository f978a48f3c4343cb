import { z } from 'zod';

const isLoopback = (host: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(host);

/** Telemetry says which clusters there are and what is done to them, and headers carry keys: plain http stays on this machine. */
const isPrivate = (url: string): boolean =>
  URL.canParse(url) && (url.startsWith('https://') || (url.startsWith('http://') && isLoopback(new URL(url).hostname)));

const endpoint = z.string().refine(isPrivate, {
  message: 'must be a URL, such as https://otel.contoso.com:4318; plain http:// only on this very machine',
});

const headers = z
  .string()
  .regex(
    /^\s*[!#$%&'*+.^`|~\w-]+=[^,]+(,\s*[!#$%&'*+.^`|~\w-]+=[^,]+)*\s*$/,
    'must be NAME=VALUE, separated by commas, with values percent-encoded',
  );

const share = z
  .string()
  .regex(/^([01]|0?\.\d+|1\.0+)$/, 'must be a number from 0 to 1, the share of traces that are kept')
  .transform(Number);

/** `NAME=VALUE` pairs, separated by semicolons, as the portal shows it. */
const connectionString = z
  .string()
  .refine((text) => z.guid().safeParse(partOf(text, 'InstrumentationKey')).success, {
    message: 'must be a connection string of Application Insights: InstrumentationKey=GUID;IngestionEndpoint=https://…',
  })
  .refine((text) => isPrivate(partOf(text, 'IngestionEndpoint') ?? 'https://of.azure'), {
    message: 'must have an IngestionEndpoint with https://; plain http:// only on this very machine',
  });

function partOf(text: string, wanted: string): string | undefined {
  const pairs = text.split(';').map((pair) => pair.split('='));
  return pairs.find(([name]) => name?.toLowerCase() === wanted.toLowerCase())?.[1];
}

/** The settings that say where traces and metrics go (docs/telemetry.md). Their names are OpenTelemetry's and the platform's. */
export const telemetrySettings = {
  /** Base URL of a collector that speaks OTLP over HTTP; without it, none is told. */
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.optional(),
  /** Read by the exporter itself. It is here so that no rollout can read it. */
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  /** Share of traces that are kept: all of a rollout or nothing. */
  OTEL_TRACES_SAMPLER_ARG: share.prefault('1'),
  /** Where the Functions host sends its own telemetry too. We sign in with the identity; the key in it is none. */
  APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString.optional(),
  /** Set by the platform. */
  WEBSITE_SITE_NAME: z.string().min(1).optional(),
  /** Set by the platform. */
  REGION_NAME: z.string().min(1).optional(),
};
