// Runs a workflow on this machine: GitHub's parser and evaluator decide, bash does the commands, stand-ins the actions.
// node --import ./hook.mjs runner.mjs ORDER.json, which is described by `Order` in test_runs.py; the report is JSON.
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {Evaluator, Lexer, Parser, data} from '@actions/expressions';
import {NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow} from '@actions/workflow-parser';
import {BasicExpressionToken, MappingToken, SequenceToken} from '@actions/workflow-parser/templates/tokens/index';

const order = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const parsed = parseWorkflow({name: order.workflow, content: fs.readFileSync(order.workflow, 'utf8')}, new NoOperationTraceWriter());
const template = await convertWorkflowTemplate(parsed.context, parsed.value);
const mistakes = parsed.context.errors.getErrors();
if (mistakes.length) throw Error(mistakes.map(mistake => mistake.message).join('; '));
const entries = token => new Map([...(token ?? [])].map(pair => [pair.key.value, pair.value]));
const top = entries(parsed.value), raw = entries(top.get('jobs'));
const text = value => value == null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
const texts = values => Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, text(value)]));
const artifacts = path.join(order.folder, 'artifacts');
fs.mkdirSync(artifacts, {recursive: true});

// -- expressions ------------------------------------------------------------------------------------------------------
const isTrue = value => !['', 'false', '0', 'null', 'NaN'].includes(text(value ?? 'null')) || value === 'false' || value === '0' || value === 'null';

function evaluate(expression, contexts, status = {}) {
  const says = (name, answer) => [name, {name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answer)}];
  const functions = new Map([
    says('always', true), says('success', status.success ?? true), says('failure', status.failure ?? false), says('cancelled', false),
  ]);
  const {tokens} = new Lexer(expression).lex();
  for (const token of tokens)  // the lexer of 0.3.61 undoubles only the first quote of a string
    if (token.lexeme?.startsWith("'")) token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
  const tree = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver);
  return JSON.parse(JSON.stringify(new Evaluator(tree, known, functions).evaluate(), data.replacer));
}

function value(token, contexts, status) {
  if (token == null) return undefined;
  if (token instanceof BasicExpressionToken) return evaluate(token.expression, contexts, status);
  if (token instanceof SequenceToken) return [...token].map(each => value(each, contexts, status));
  if (token instanceof MappingToken)
    return Object.fromEntries([...token].map(pair => [text(value(pair.key, contexts, status)), value(pair.value, contexts, status)]));
  return token.value ?? null;
}

// -- what the event brings --------------------------------------------------------------------------------------------
const attempt = order.attempt ?? 1;
const github = {
  event_name: order.event, event: order.payload ?? {}, ref: order.ref, ref_name: order.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
  sha: order.sha, repository: order.repository, run_id: '7', run_attempt: String(attempt), workflow: text(top.get('name')?.value),
  actor: 'somebody', head_ref: order.payload?.pull_request?.head?.ref ?? '',
};
const asked = template.events[order.event]?.inputs ?? {};
const inputs = order.event === 'workflow_dispatch'
  ? Object.fromEntries(Object.entries(asked).map(([name, input]) => [name, order.inputs?.[name] ?? input.default?.value ?? '']))
  : {};
const shared = {github, inputs, vars: {}};

// -- stand-ins for actions: each does what its namesake's documentation says of these inputs ----------------------------
const copy = (from, to) => fs.cpSync(from, to, {recursive: true, verbatimSymlinks: true});
const git = (folder, ...words) => {
  const done = spawnSync('git', ['-C', folder, ...words], {encoding: 'utf8'});
  if (done.status) throw Error(`git ${words.join(' ')}: ${done.stderr}`);
};
const standIns = {
  'actions/checkout': (given, place) => {
    git(place.workspace, 'init', '-q');
    git(place.workspace, 'remote', 'add', 'origin', order.source);
    git(place.workspace, 'fetch', '-q', '--tags', 'origin', given.ref);
    git(place.workspace, 'checkout', '-q', '--detach', 'FETCH_HEAD');
  },
  'actions/setup-python': () => {},
  'actions/upload-artifact': (given, place) => {
    const from = path.resolve(place.workspace, given.path), to = path.join(artifacts, given.name);
    const there = fs.existsSync(from) && fs.readdirSync(from).length > 0;
    if (!there && given['if-no-files-found'] === 'error') throw Error(`no files found: ${from}`);
    if (fs.existsSync(to)) throw Error(`409: an artifact with the name ${given.name} exists`);
    if (!there) return;
    fs.cpSync(from, to, {recursive: true, filter: name => !path.basename(name).startsWith('.')});
  },
  'actions/download-artifact': (given, place) => {
    const into = path.resolve(place.workspace, given.path);
    const glob = given.pattern && new RegExp('^' + given.pattern.replaceAll('*', '.*') + '$');
    const names = fs.readdirSync(artifacts).filter(name => given.name ? name === given.name : glob.test(name));
    if (given.name && !names.length) throw Error(`there is no artifact ${given.name}`);
    for (const name of names) copy(path.join(artifacts, name), given.name ? into : path.join(into, name));
  },
  'actions/attest-build-provenance': (given, place) => {
    if (!/^[0-9a-f]{64} {2}\S+$/m.test(fs.readFileSync(given['subject-checksums'], 'utf8'))) throw Error('no checksums');
    if (place.permissions['id-token'] !== 'write' || place.permissions.attestations !== 'write') throw Error('may not attest');
  },
  ...Object.fromEntries((order.ignored ?? []).map(action => [action, () => {}])),
};

// -- one machine ------------------------------------------------------------------------------------------------------
function fileCommand(file) {
  const found = {}, lines = fs.readFileSync(file, 'utf8').split('\n');
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at > 0) found[line.slice(0, at)] = line.slice(at + 1);
  }
  return found;
}

function instance(id, job, matrix, number, needs) {
  const folder = path.join(order.folder, `attempt-${attempt}`, `${id}-${number}`);
  const workspace = path.join(folder, 'work'), temp = path.join(folder, 'temp');
  for (const each of [workspace, temp]) fs.mkdirSync(each, {recursive: true});
  const token = raw.get(id), permissions = value(token.find('permissions') ?? top.get('permissions'), shared);
  const key = order.tokens?.[permissions?.contents === 'write' ? 'write' : 'read'] ?? 'a-token';
  const base = {...shared, github: {...github, token: key, workspace, job: id}, needs, matrix, secrets: {...order.secrets, GITHUB_TOKEN: key}, runner: {os: 'Linux', temp}};
  const identity = permissions?.['id-token'] === 'write' ? order.identity : {};
  const place = {workspace, permissions}, steps = {}, trace = [], paths = [];
  const added = {...texts(value(top.get('env'), base)), ...texts(value(token.find('env'), base))};
  let good = true;
  [...token.find('steps')].forEach((step, index) => {
    const contexts = {...base, env: {...added}, steps, job: {status: good ? 'success' : 'failure'}};
    const status = {success: good, failure: !good};
    const name = text(value(step.find('name'), contexts)), id_ = step.find('id')?.value;
    if (!isTrue(evaluate(job.steps[index].if.expression, contexts, status))) return trace.push({name, outcome: 'skipped'});
    const commands = Object.fromEntries(['OUTPUT', 'ENV', 'PATH', 'STEP_SUMMARY'].map(kind => [`GITHUB_${kind}`, path.join(folder, `${index}-${kind}`)]));
    for (const file of Object.values(commands)) fs.writeFileSync(file, '');
    let outcome = 'success', output = '';
    try {
      if (step.find('run')) {
        const script = path.join(folder, `${index}.sh`);
        fs.writeFileSync(script, value(step.find('run'), contexts));
        const env = {
          ...order.env, ...identity, CI: 'true', GITHUB_ACTIONS: 'true', RUNNER_OS: 'Linux', RUNNER_TEMP: temp, ...commands,
          GITHUB_REPOSITORY: github.repository, GITHUB_REF: github.ref, GITHUB_REF_NAME: github.ref_name, GITHUB_SHA: github.sha, GITHUB_EVENT_NAME: github.event_name,
          PATH: [...paths, order.env.PATH].join(':'), ...added, ...texts(value(step.find('env'), contexts)),
        };
        const done = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {cwd: workspace, env, encoding: 'utf8'});
        output = done.stdout + done.stderr;
        if (done.status !== 0) outcome = 'failure';
        Object.assign(added, fileCommand(commands.GITHUB_ENV));
        paths.unshift(...fs.readFileSync(commands.GITHUB_PATH, 'utf8').split('\n').filter(Boolean));
      } else {
        const action = value(step.find('uses'), contexts).split('@')[0];
        if (!standIns[action]) throw Error(`nothing stands in for ${action}`);
        standIns[action](texts(value(step.find('with'), contexts)), place);
      }
    } catch (error) {
      [outcome, output] = ['failure', error.message];
    }
    if (outcome === 'failure') good = false;
    const outputs = fileCommand(commands.GITHUB_OUTPUT);
    if (id_) steps[id_] = {outputs, outcome, conclusion: outcome};
    trace.push({name, outcome, output: output.slice(-6000), summary: fs.readFileSync(commands.GITHUB_STEP_SUMMARY, 'utf8')});
  });
  const outputs = texts(value(token.find('outputs'), {...base, env: {}, steps}));
  const runner = value(token.find('runs-on'), base), environment = value(token.find('environment'), base);
  return {matrix, result: good ? 'success' : 'failure', outputs, permissions, runner, environment, steps: trace};
}

// -- the jobs, each when those it needs are done ------------------------------------------------------------------------
const chosen = rows => rows.filter(row => !order.rows || order.rows.includes(row.job));

function reported(results) {
  const report = {jobs: {}, events: Object.keys(template.events)}, done = {}, before = {};
  let waiting = order.event in template.events ? [...template.jobs] : [];
  while (waiting.length) {
    const job = waiting.find(each => (each.needs ?? []).every(need => done[need.value])), id = job.id.value;
    waiting = waiting.filter(each => each !== job);
    const wanted = (job.needs ?? []).map(need => need.value), needs = Object.fromEntries(wanted.map(need => [need, done[need]]));
    before[id] = new Set(wanted.flatMap(need => [need, ...before[need]]));
    const status = {success: [...before[id]].every(each => done[each].result === 'success'), failure: [...before[id]].some(each => done[each].result === 'failure')};
    const earlier = order.earlier?.jobs[id];
    if (results[id]) done[id] = {result: results[id], outputs: {}};
    else if (earlier?.result === 'success') [done[id], report.jobs[id]] = [{result: 'success', outputs: earlier.outputs}, earlier];
    else if (!isTrue(evaluate(job.if.expression, {...shared, needs}, status))) done[id] = {result: 'skipped', outputs: {}};
    else {
      const matrix = value(raw.get(id).find('strategy'), {...shared, needs})?.matrix;
      const rows = matrix ? chosen(matrix.include) : [{}];
      const instances = rows.map((row, number) => {
        const kept = earlier?.instances?.[number];
        return kept?.result === 'success' ? kept : instance(id, job, row, number, needs);
      });
      const result = instances.every(each => each.result === 'success') ? 'success' : 'failure';
      done[id] = {result, outputs: Object.assign({}, ...instances.map(each => each.outputs))};
      report.jobs[id] = {...done[id], instances};
    }
    report.jobs[id] ??= {...done[id], instances: []};
  }
  return report;
}

const forced = order.results ?? {};
console.log(JSON.stringify(Array.isArray(forced) ? forced.map(reported) : reported(forced)));
