import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

/** A message of the REST interface, by its name in the proto files. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** What the lake, or the way to it, answered instead of what was asked for. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The name of the CloudTrail exception without "Exception", or "Network". */
    readonly code: string,
    message: string,
    /** What the server's log knows the request by. */
    readonly requestId: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

const unsafe = (method: string) => !["GET", "HEAD", "OPTIONS"].includes(method);

let csrfToken = "";

/** The token that every request that changes something must carry. */
export function setCsrfToken(token: string) {
  csrfToken = token;
}

/** Headers for a request made without the client, an upload for example. */
export function csrfHeaders(): Record<string, string> {
  return csrfToken ? { "X-TrailLake-CSRF": csrfToken } : {};
}

let onSignedOut: (message: string) => void = () => undefined;

/** Sets what is done when the lake no longer knows the session. */
export function setOnSignedOut(f: (message: string) => void) {
  onSignedOut = f;
}

/** Makes an ApiError of an answer that is not ok. */
export async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("X-Request-Id");
  let body: { code?: unknown; message?: unknown } = {};
  try {
    body = (await response.json()) as typeof body;
  } catch {
    // Not the lake's own answer: a proxy's page, say.
  }
  const code = typeof body.code === "string" ? body.code : "HTTP";
  const message = typeof body.message === "string" ? body.message : `${response.status} ${response.statusText}`;
  if (response.status === 401) onSignedOut(message);
  return new ApiError(response.status, code, message, requestId);
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (unsafe(request.method)) for (const [name, value] of Object.entries(csrfHeaders())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await errorOf(response);
  },
  onError({ error }) {
    if (error instanceof ApiError || (error instanceof DOMException && error.name === "AbortError")) return error;
    return new ApiError(0, "Network", error instanceof Error ? error.message : String(error));
  },
};

/** The REST interface. Errors are thrown as ApiError; `await api.GET(…).then(data)` is the answer. */
export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: "same-origin", cache: "no-store" });
api.use(middleware);

/** Takes the answer out of what the client returns. */
export function data<T>(result: { data?: T; error?: unknown }): T {
  if (result.data === undefined) throw new ApiError(200, "Internal", "the answer has no body");
  return result.data;
}

/** A 64-bit integer, which JSON carries as text. */
export function int(text: string | undefined): number {
  return text ? Number(text) : 0;
}
