/** What we use of htmx, of Trusted Types and of each other, for the type check alone. */
type HtmxPolicy = { createHTML(markup: string): unknown; createScript(code: string): unknown };
type HtmxInternals = { initSecurity(policy: HtmxPolicy, sync: unknown, asynchronous: unknown): void };
type TrustedTypesFactory = {
  createPolicy<Rules extends object>(name: string, rules: Rules): Rules;
};

interface Htmx {
  registerExtension(name: string, extension: object): void;
  process(element: Element): void;
  ajax(method: string, url: string, options: object): Promise<void>;
}

interface Window {
  htmx: Htmx;
  trustedTypes?: TrustedTypesFactory;
}

interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

interface WindowEventMap {
  beforeinstallprompt: BeforeInstallPromptEvent;
}

interface DocumentEventMap {
  "mixwell:unsent": CustomEvent<{ count: number }>;
}

interface Navigator {
  /** Safari on phones and tablets alone has it. */
  standalone?: boolean;
}
