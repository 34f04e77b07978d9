import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// What changes seldom goes into chunks of its own, so that a change of a page
// leaves their names, and with them browsers' caches and the repository, alone.
const libraries: [name: string, packages: RegExp][] = [
  ["echarts", /node_modules\/(echarts|zrender)\//],
  ["codemirror", /node_modules\/(@codemirror|@lezer|@marijn|style-mod|w3c-keyname|crelt)\//],
  ["formatter", /node_modules\/(sql-formatter|nearley|moo|railroad-diagrams|randexp|ret|discontinuous-range|argparse)\//],
  ["mantine", /node_modules\/(@mantine|@floating-ui|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-callback-ref|use-sidecar|react-textarea-autosize|react-number-format|clsx|get-nonce|dayjs)\//],
  ["react", /node_modules\/(react|react-dom|scheduler|@tanstack|i18next|react-i18next|openapi-fetch|use-sync-external-store)\//],
];

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: libraries.map(([name, test]) => ({ name, test })) },
      },
    },
  },
  server: {
    // The development server stands before a running lake.
    proxy: { "/api": "http://127.0.0.1:8700" },
  },
});
