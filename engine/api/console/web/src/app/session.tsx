import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { ApiError, csrfHeaders, errorOf, setCsrfToken, setOnSignedOut } from "../api/client";

/** Who is signed in, as /api/v1/session tells. */
export type Session = { accessKeyId: string; csrfToken: string };

type State = { at: "asking" } | { at: "out"; message: string } | { at: "in"; session: Session } | { at: "unreachable"; error: unknown };

type Value = {
  state: State;
  signIn: (accessKeyId: string, secretAccessKey: string) => Promise<void>;
  signOut: () => Promise<void>;
  ask: () => Promise<void>;
};

const Context = createContext<Value | null>(null);

async function request(method: string, body?: unknown): Promise<Response> {
  try {
    return await fetch("/api/v1/session", {
      method,
      cache: "no-store",
      headers: { ...csrfHeaders(), ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : null,
    });
  } catch (error) {
    throw new ApiError(0, "Network", error instanceof Error ? error.message : String(error));
  }
}

/** Keeps the session: a cookie that scripts cannot read, and the CSRF token beside it. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ at: "asking" });
  const cache = useQueryClient();

  const entered = useCallback((session: Session) => {
    setCsrfToken(session.csrfToken);
    setState({ at: "in", session });
  }, []);

  const left = useCallback(
    (message: string) => {
      setCsrfToken("");
      cache.clear(); // nothing of one user's is there for the next
      setState({ at: "out", message });
    },
    [cache],
  );

  const ask = useCallback(async () => {
    try {
      const response = await request("GET");
      if (response.ok) entered((await response.json()) as Session);
      else if (response.status === 401) left("");
      else throw await errorOf(response);
    } catch (error) {
      setState({ at: "unreachable", error });
    }
  }, [entered, left]);

  const signIn = useCallback(
    async (accessKeyId: string, secretAccessKey: string) => {
      const response = await request("POST", { accessKeyId, secretAccessKey });
      if (!response.ok) throw await errorOf(response);
      entered((await response.json()) as Session);
    },
    [entered],
  );

  const signOut = useCallback(async () => {
    const response = await request("DELETE");
    if (!response.ok && response.status !== 401) throw await errorOf(response);
    left("");
  }, [left]);

  useEffect(() => {
    setOnSignedOut((message) => setState((now) => {
      if (now.at === "in") cache.clear();
      return { at: "out", message };
    }));
    void ask();
  }, [ask, cache]);

  const value = useMemo(() => ({ state, signIn, signOut, ask }), [state, signIn, signOut, ask]);
  return <Context value={value}>{children}</Context>;
}

export function useSession(): Value {
  const value = use(Context);
  if (!value) throw new Error("useSession outside of SessionProvider");
  return value;
}
