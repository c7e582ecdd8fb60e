// Whose signature a Sigstore bundle has, by sigstore-js: node verify.mjs BUNDLE TRUSTED-ROOT
import { readFileSync } from "node:fs";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { Verifier, toSignedEntity, toTrustMaterial } from "@sigstore/verify";

const [bundle, root] = process.argv.slice(2).map((name) => JSON.parse(readFileSync(name, "utf8")));
const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root)));
const { identity } = verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
console.log(identity.extensions.issuer, identity.subjectAlternativeName);
