import { createTheme, localStorageColorSchemeManager, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

// Petrol: deep water. Amber marks what wants attention; red is only for errors.
const lake: MantineColorsTuple = ["#e6f4f7", "#cfe6ec", "#a3d1dc", "#74bacb", "#4ea6bc", "#3699b2", "#1d86a1", "#0c6f8a", "#0a5a71", "#07465a"];
const amber: MantineColorsTuple = ["#fff6e2", "#ffebc6", "#fbd68b", "#f6bf4d", "#f0ab1c", "#d99409", "#b87a05", "#966203", "#744b04", "#573804"];
const gray: MantineColorsTuple = ["#f6f8f9", "#eef2f4", "#e0e7eb", "#cdd7dd", "#b0bec7", "#8797a2", "#61717c", "#4a5964", "#303d47", "#1b252d"];
// Dark enough for small text on white, and for white on it.
const red: MantineColorsTuple = ["#fff1f1", "#ffe0e0", "#ffc2c2", "#ffa3a3", "#ff8787", "#e86161", "#d23c3c", "#c02626", "#a31d1d", "#861616"];
const dark: MantineColorsTuple = ["#d5dee4", "#b3c0c9", "#93a2ad", "#6b7a85", "#34424c", "#28343d", "#1b252c", "#131b21", "#0e151a", "#090e12"];

const monospace = 'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace';

export const theme = createTheme({
  colors: { lake, amber, gray, red, dark },
  primaryColor: "lake",
  primaryShade: 7,
  black: "#17212a",
  defaultRadius: "sm",
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", sans-serif',
  fontFamilyMonospace: monospace,
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  spacing: { xs: "0.375rem", sm: "0.5rem", md: "0.75rem", lg: "1.125rem", xl: "1.75rem" },
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.125rem" }, h2: { fontSize: "1rem" }, h3: { fontSize: "0.875rem" } } },
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { size: "md", variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    Autocomplete: { defaultProps: { size: "xs" } },
    TagsInput: { defaultProps: { size: "xs" } },
    DateTimePicker: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Badge: { defaultProps: { size: "sm", variant: "light", radius: "sm" } },
    Tooltip: { defaultProps: { openDelay: 350, events: { hover: true, focus: true, touch: false } } },
    Text: { defaultProps: { size: "sm" } },
    Anchor: { defaultProps: { size: "sm" } },
    Menu: { defaultProps: { shadow: "md", position: "bottom-end", withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: true } },
  },
});

// Names of our own beside Mantine's: the same meaning in both schemes.
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--lake-focus": "#0c6f8a",
    "--lake-side": "#0b2733",
    "--lake-side-text": "#c3d6de",
    "--lake-side-active": "#123a4a",
    "--lake-panel": "#ffffff",
    "--lake-ground": "#f3f6f7",
    "--lake-line": "#d9e1e6",
    "--lake-soft": "#586874",
    "--lake-stripe": "#f8fafb",
    "--lake-hover": "#e9f3f6",
    "--lake-bar": "#cfe6ec",
    "--lake-mark": "#f0ab1c",
    "--lake-bar-errors": "#fbe3cf",
    "--lake-key": "#0a5a71",
    "--lake-constant": "#8a4b00",
    "--mantine-color-error": "#c02626", // the palette's own is too pale for text on white
    "--mantine-color-dimmed": "#586874",
    "--mantine-color-placeholder": "#5f6f7a",
  },
  dark: {
    "--lake-focus": "#4ea6bc",
    "--lake-side": "#0a1216",
    "--lake-side-text": "#a9bac4",
    "--lake-side-active": "#15262e",
    "--lake-panel": "#131b21",
    "--lake-ground": "#0e151a",
    "--lake-line": "#28343d",
    "--lake-soft": "#93a2ad",
    "--lake-stripe": "#161f26",
    "--lake-hover": "#1a2a33",
    "--lake-bar": "#1f4653",
    "--lake-mark": "#f0ab1c",
    "--lake-bar-errors": "#463016",
    "--lake-key": "#74bacb",
    "--lake-constant": "#f6bf4d",
    "--mantine-color-error": "#ff8787",
    "--mantine-color-red-6": "#ff8787", // the text of menu items
    "--mantine-color-dimmed": "#93a2ad",
    "--mantine-color-placeholder": "#8d9ca7",
    "--mantine-color-body": "#0e151a",
  },
});

export const schemeManager = localStorageColorSchemeManager({ key: "traillake.scheme" });
