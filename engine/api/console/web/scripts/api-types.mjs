// Writes src/api/schema.d.ts, the types of the REST interface, from the OpenAPI
// page that the proto files make.
//
// That page is OpenAPI 2 (what protoc-gen-openapiv2 makes) and openapi-typescript
// reads OpenAPI 3; of the difference only what the page uses is translated here.
// In an answer every field is there but messages and proto3 optionals, which the
// page marks as nullable; in a request every field may be left out.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../../../../proto/traillake/v1/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.d.ts", import.meta.url);

const page = JSON.parse((await readFile(source, "utf8")).replaceAll("#/definitions/", "#/components/schemas/"));

// What requests are made of.
const requested = new Set();
function request(name) {
  if (requested.has(name)) return;
  requested.add(name);
  for (const [, used] of JSON.stringify(page.definitions[name]).matchAll(/#\/components\/schemas\/(\w+)/g)) request(used);
}
Object.keys(page.definitions).filter((name) => /(Request|Body)$/.test(name)).forEach(request);

function schemaOf(name, schema) {
  const properties = {};
  const required = [];
  for (const [key, { "x-nullable": optional, ...property }] of Object.entries(schema.properties ?? {})) {
    properties[key] = property;
    if (!requested.has(name) && !optional && !property.$ref && property.format !== "date-time") required.push(key);
  }
  return { ...schema, ...(schema.properties && { properties }), ...(required.length && { required }) };
}

function parameterOf({ name, in: place, required, description, "x-nullable": _, ...schema }) {
  return { name, in: place, required: place === "path" || required === true, description, schema };
}

function operationOf({ operationId, summary, parameters = [], responses, produces }) {
  const body = parameters.find((p) => p.in === "body");
  const type = produces?.[0] ?? "application/json";
  return {
    operationId: operationId.replace(/^LakeService_/, ""),
    summary,
    parameters: parameters.filter((p) => p !== body).map(parameterOf),
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: body.schema } } } }),
    responses: mapValues(responses, ({ description, schema }) => ({ description, ...(schema && { content: { [type]: { schema } } }) })),
  };
}

function mapValues(object, f) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, f(value, key)]));
}

const document = {
  openapi: "3.0.3",
  info: page.info,
  paths: mapValues(page.paths, (operations) => mapValues(operations, operationOf)),
  components: { schemas: mapValues(page.definitions, (schema, name) => schemaOf(name, schema)) },
};

const header = "// Made by scripts/api-types.mjs from proto/traillake/v1/openapi.json. Do not edit.\n\n";
await writeFile(target, header + astToString(await openapiTS(document, { alphabetize: true })));
