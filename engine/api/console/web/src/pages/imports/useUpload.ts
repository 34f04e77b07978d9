import { useCallback, useRef, useState } from "react";
import { upload } from "../../api/imports";
import type { Upload } from "./UploadPicker";

/** How far an upload is, in bytes and files. */
export type UploadState = { sent: number; total: number; files: number; done: number };

// As many as a browser keeps connections to one server busy with, and leaves some.
const workers = 4;

/** Uploads files under one id, several at a time. send gives the id; cancel makes it throw an AbortError. */
export function useUpload() {
  const [state, setState] = useState<UploadState | null>(null);
  const abort = useRef<AbortController>(null);

  const send = useCallback(async (uploads: Upload[]): Promise<string> => {
    const id = crypto.randomUUID();
    const stop = new AbortController();
    abort.current = stop;
    const total = uploads.reduce((sum, u) => sum + u.file.size, 0);
    const sent = new Map<string, number>();
    let done = 0;
    const tell = () => {
      let bytes = 0;
      for (const n of sent.values()) bytes += n;
      setState({ sent: Math.min(bytes, total), total, files: uploads.length, done });
    };
    tell();
    const queue = uploads.values();
    const work = async () => {
      for (const u of queue) {
        await upload(id, u.key, u.file, (n) => { sent.set(u.key, n); tell(); }, stop.signal);
        sent.set(u.key, u.file.size);
        done++;
        tell();
      }
    };
    try {
      await Promise.all(Array.from({ length: workers }, work));
    } catch (error) {
      stop.abort();
      setState(null);
      throw error;
    }
    return id;
  }, []);

  const cancel = useCallback(() => { abort.current?.abort(); }, []);
  const reset = useCallback(() => { setState(null); }, []);
  return { state, send, cancel, reset };
}
