import { accountOf, shortName, textAt, type JsonObject } from "./record";

/** Who has done something, as the kinds of userIdentity tell it. */
export type Who = {
  kind:
    | "root" // the root user of an account
    | "user" // an IAM user
    | "session" // a session of a role
    | "instance" // a role's session on an EC2 instance
    | "function" // a role's session that AWS named itself: an AWS service has it
    | "person" // a session of a role that IAM Identity Center has given out
    | "federated" // a federation token of a user
    | "provider" // known to an identity provider: SAML, web identity, Cognito
    | "identityCenter" // a user of IAM Identity Center without a role
    | "account" // somebody in another account
    | "service"
    | "unknown";
  name: string;
  /** The role, permission set, issuer or provider that stands behind. */
  by: string;
  /** The account, when it is another one than the event's own, and always of root. */
  account: string;
};

const kinds: Record<string, (identity: JsonObject) => Pick<Who, "kind" | "name" | "by">> = {
  Root: (i) => ({ kind: "root", name: textAt(i, "userName"), by: "" }),
  IAMUser: (i) => ({ kind: "user", name: textAt(i, "userName") || shortName(textAt(i, "arn")) || textAt(i, "principalId"), by: "" }),
  AssumedRole: session,
  Role: (i) => ({ kind: "session", name: "", by: shortName(textAt(i, "arn")) || textAt(i, "userName", "principalId") }),
  FederatedUser: (i) => ({
    kind: "federated",
    name: shortName(textAt(i, "arn")) || afterColon(textAt(i, "principalId")),
    by: textAt(i, "sessionContext.sessionIssuer.userName"),
  }),
  SAMLUser: provided,
  WebIdentityUser: provided,
  IdentityCenterUser: (i) => ({ kind: "identityCenter", name: textAt(i, "userName", "onBehalfOf.userId", "principalId"), by: "" }),
  Directory: provided,
  AWSAccount: (i) => ({ kind: "account", name: afterColon(textAt(i, "principalId")), by: "" }),
  AWSService: (i) => ({ kind: "service", name: textAt(i, "invokedBy", "principalId"), by: "" }),
};

function afterColon(text: string): string {
  return text.includes(":") ? text.slice(text.indexOf(":") + 1) : "";
}

function provided(i: JsonObject): Pick<Who, "kind" | "name" | "by"> {
  const provider = textAt(i, "identityProvider");
  return { kind: "provider", name: textAt(i, "userName") || afterColon(textAt(i, "principalId")), by: shortName(provider) };
}

function session(i: JsonObject): Pick<Who, "kind" | "name" | "by"> {
  const arn = textAt(i, "arn");
  const issuer = textAt(i, "sessionContext.sessionIssuer.userName") || shortName(textAt(i, "sessionContext.sessionIssuer.arn"));
  const role = issuer || (/:assumed-role\/(?:.*\/)?([^/]+)\/[^/]+$/.exec(arn)?.[1] ?? "");
  const name = /:assumed-role\/.*\/([^/]+)$/.exec(arn)?.[1] ?? afterColon(textAt(i, "principalId"));
  const set = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];
  if (set) return { kind: "person", name, by: set };
  if (/^i-[0-9a-f]{8,17}$/.test(name)) return { kind: "instance", name, by: role };
  if (role.startsWith("AWSServiceRoleFor")) return { kind: "function", name: role, by: "" };
  return { kind: "session", name, by: role };
}

/** Who is behind a record. */
export function whoOf(event: JsonObject): Who {
  const identity = (event["userIdentity"] ?? {}) as JsonObject;
  const type = textAt(identity, "type");
  const make = kinds[type];
  const known = make ? make(identity) : textAt(identity, "invokedBy") ? kinds["AWSService"]!(identity) : { kind: "unknown" as const, name: textAt(identity, "userName", "arn", "principalId"), by: "" };
  const account = textAt(identity, "accountId", "sessionContext.sessionIssuer.accountId") || accountOf(textAt(identity, "arn"));
  const own = textAt(event, "recipientAccountId");
  const tell = known.kind === "root" || known.kind === "account" || (known.kind !== "service" && own !== "" && account !== own);
  return { ...known, account: tell ? account : "" };
}
