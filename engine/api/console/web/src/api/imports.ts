import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, csrfHeaders, data, ApiError, type Schema } from "./client";

export type Import = Schema<"Import">;

/** Whether an import has not come to an end. */
export function isImporting(i: Import | undefined): boolean {
  return i?.importStatus === "INITIALIZING" || i?.importStatus === "IN_PROGRESS";
}

// Often enough to see it move.
const pulse = 700;

/** The newest imports, of all stores or of one; asked again while one runs. */
export function useImports(destination?: string) {
  return useQuery({
    queryKey: ["imports", { destination }],
    queryFn: ({ signal }) => api.GET("/api/v1/imports", { params: { query: { maxResults: 200, ...(destination && { destination }) } }, signal }).then(data),
    refetchInterval: ({ state }) => (state.data?.imports.some(isImporting) ? pulse : 15_000),
  });
}

/** An import, asked about again and again while it runs. */
export function useImport(importId: string) {
  return useQuery({
    queryKey: ["imports", importId],
    queryFn: ({ signal }) => api.GET("/api/v1/imports/{importId}", { params: { path: { importId } }, signal }).then(data),
    refetchInterval: ({ state }) => (isImporting(state.data) ? pulse : false),
  });
}

/** What is done to imports; what is known of them and of stores is asked for anew afterwards. */
export function useImportChanges() {
  const cache = useQueryClient();
  const onSettled = () => Promise.all([cache.invalidateQueries({ queryKey: ["imports"] }), cache.invalidateQueries({ queryKey: ["stores"] })]);
  return {
    start: useMutation({ mutationFn: (body: Schema<"StartImportRequest">) => api.POST("/api/v1/imports", { body }).then(data), onSettled }),
    stop: useMutation({ mutationFn: (importId: string) => api.POST("/api/v1/imports/{importId}:stop", { params: { path: { importId } } }).then(data), onSettled }),
  };
}

/** Sends a file for an import from upload://id/. fetch does not tell how far it has come; XMLHttpRequest does. */
export function upload(id: string, key: string, file: File, onProgress: (sent: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => { request.abort(); };
    request.open("PUT", `/api/v1/uploads/${id}/${key.split("/").map(encodeURIComponent).join("/")}`);
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => { onProgress(event.loaded); };
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(uploadError(request));
    };
    request.onerror = () => { reject(new ApiError(0, "Network", `${key}: the connection broke off`)); };
    request.onabort = () => { reject(new DOMException("aborted", "AbortError")); };
    request.onloadend = () => { signal.removeEventListener("abort", stop); };
    signal.addEventListener("abort", stop);
    request.send(file);
  });
}

function uploadError(request: XMLHttpRequest): ApiError {
  let body: { code?: string; message?: string } = {};
  try {
    body = JSON.parse(request.responseText) as typeof body;
  } catch {
    // Not the lake's own answer.
  }
  return new ApiError(request.status, body.code ?? "HTTP", body.message ?? `${request.status} ${request.statusText}`, request.getResponseHeader("X-Request-Id"));
}
