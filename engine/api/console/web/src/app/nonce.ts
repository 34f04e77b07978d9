import { setNonce } from "get-nonce";

// The nonce that the content security policy of this page lets style elements
// have. A browser shows it to scripts only as the property.
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

// Mantine's overlays make their style elements through a library that asks there.
setNonce(nonce);
