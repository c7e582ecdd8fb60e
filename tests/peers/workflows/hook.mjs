// Lets plain node load GitHub's packages, which import JSON files as bundlers do: without saying that they are JSON.
import {register} from 'node:module';

const loader = `
import {readFile} from 'node:fs/promises';
export async function load(url, context, next) {
  const said = (context.importAttributes ?? context.importAssertions ?? {}).type;
  if (!url.startsWith('file:') || !url.endsWith('.json') || said) return next(url, context);
  const source = 'export default ' + await readFile(new URL(url), 'utf8');
  return {format: 'module', shortCircuit: true, source};
}`;
register('data:text/javascript,' + encodeURIComponent(loader));
