import "@mantine/core/styles.css";
import "@mantine/dates/styles.css";
import "@mantine/notifications/styles.css";
import "./app/global.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { App } from "./app/App";
import { KeyProvider } from "./app/keys";
import { nonce } from "./app/nonce";
import { SessionProvider } from "./app/session";
import { schemeManager, theme, variables } from "./app/theme";
import { Dates } from "./parts/Dates";
import { startTexts } from "./texts";

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // Only what may pass by itself is tried again.
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
    },
  },
});

await startTexts();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemeManager} cssVariablesResolver={variables} getStyleNonce={() => nonce}>
      <Dates>
        <QueryClientProvider client={cache}>
          <KeyProvider>
            <SessionProvider>
              <App />
            </SessionProvider>
          </KeyProvider>
        </QueryClientProvider>
        <Notifications position="bottom-right" limit={4} />
      </Dates>
    </MantineProvider>
  </StrictMode>,
);
