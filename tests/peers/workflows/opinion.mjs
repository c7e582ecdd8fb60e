// What GitHub's own parser and language service say of workflows: one JSON object, file to list of sentences.
import fs from 'node:fs';
import {validate} from '@actions/languageservice';
import {NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow} from '@actions/workflow-parser';
import {TextDocument} from 'vscode-languageserver-textdocument';

const said = {};
for (const file of process.argv.slice(2)) {
  const content = fs.readFileSync(file, 'utf8');
  const parsed = parseWorkflow({name: file, content}, new NoOperationTraceWriter());
  if (parsed.value) await convertWorkflowTemplate(parsed.context, parsed.value);
  const errors = parsed.context.errors.getErrors().map(error => `parser: ${error.message}`);
  const document = TextDocument.create(`file://${file}`, 'yaml', 1, content);
  const found = (await validate(document)).map(({message, range}) => `service: line ${range.start.line + 1}: ${message}`);
  said[file] = [...errors, ...found];
}
console.log(JSON.stringify(said));
