import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { compileTemplate } from './template.ts'

const DATA = {
  Name: '/web',
  State: { Status: 'running', Running: true, ExitCode: 0 },
  Args: ['-c', 'a<b'],
  Config: { Labels: { b: '2', a: '1' }, Cmd: null, Env: ['A=1', 'B=2'] },
  NetworkSettings: {
    Networks: { two: { IPAddress: '10.0.0.2' }, one: { IPAddress: '10.0.0.1' } },
    Ports: { '80/tcp': [{ HostPort: '8080' }] },
  },
  Memory: 9007199254740991,
  Label: (name: string) => `<${name}>`,
}

// What `docker inspect --format` prints for the same, but for the order of members that JSON gives.
for (const [source, text] of [
  ['plain', 'plain'],
  ['{{.Name}}', '/web'],
  ['{{ .State.Status }} {{.State.Running}} {{.State.ExitCode}} {{.Memory}}', 'running true 0 9007199254740991'],
  ['{{json .State}}', '{"Status":"running","Running":true,"ExitCode":0}'],
  ['{{.State | json}}', '{"Status":"running","Running":true,"ExitCode":0}'],
  ['{{.Args}} {{.Config.Labels}}', '[-c a<b] map[a:1 b:2]'],
  ['{{index .Args 1}}', 'a<b'],
  ['{{index .Config.Labels "a"}}|{{index .Config.Labels "nope"}}|{{.Config.Labels.nope}}', '1||<no value>'],
  ['{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', '8080'],
  ['{{index .NetworkSettings.Ports "80/tcp" 0 | json}}', '{"HostPort":"8080"}'],
  ['{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}', '10.0.0.1 10.0.0.2 '],
  ['{{range $k, $v := .Config.Labels}}{{$k}}={{$v}},{{end}}', 'a=1,b=2,'],
  ['{{range $i, $e := .Args}}{{$i}}:{{$e}};{{end}}', '0:-c;1:a<b;'],
  ['{{range .Config.Cmd}}x{{else}}none{{end}}', 'none'],
  ['{{if .State.Running}}up{{else}}down{{end}}', 'up'],
  ['{{if eq .State.Status "exited"}}a{{else if eq .State.Status "running" "paused"}}b{{else}}c{{end}}', 'b'],
  ['{{if .State.Health}}{{.State.Health.Status}}{{end}}', ''],
  ['{{if and .State.Running (not .Config.Cmd)}}y{{end}}{{if or .Config.Cmd .Name}}z{{end}}', 'yz'],
  ['{{with .State}}{{.Status}} {{$.Name}}{{end}}', 'running /web'],
  ['{{$x := .Name}}{{$x}}{{$x | upper}}', '/web/WEB'],
  ['{{join .Args ","}} {{split "a-b" "-"}} {{title "web server"}} {{lower "AB"}} {{len .Args}}', '-c,a<b [a b] Web Server ab 2'],
  ['{{printf "%-8s|%5d|%q|%v|%%" "ab" 42 "x\\"y" .Args}}', 'ab      |   42|"x\\"y"|[-c a<b]|%'],
  ['{{truncate "abcdef" 3}}{{pad "x" 1 2}}|', 'abc x  |'],
  ['{{println "a" 1}}', 'a 1\n'],
  ['a {{- " b " -}} c{{/* not shown */}}d', 'a b cd'],
  ['{{"a}}b"}}{{`c"d`}}', 'a}}bc"d'],
  ['{{.Label "x.y"}} {{.Label "z" | upper}}', '<x.y> <Z>'],
  ['{{true}} {{nil | json}} {{gt 2 1}} {{ne "a" "b"}}', 'true null true true'],
] as const) {
  test(source, () => assert.equal(compileTemplate(source)(DATA), text))
}

for (const [source, code] of [
  ['{{.Nope}}', 'template-mismatch'],
  ['{{.State.Nope}}', 'template-mismatch'],
  ['{{index .Args 5}}', 'template-mismatch'],
  ['{{index .Config.Cmd 0}}', 'template-mismatch'],
  ['{{frobnicate .Name}}', 'template-mismatch'],
  ['{{range .Name}}{{end}}', 'template-mismatch'],
  ['{{.Name "x"}}', 'template-mismatch'],
  ['{{$nope}}', 'template-mismatch'],
] as const) {
  test(`${source} does not fit`, () => throwsCode(code, () => compileTemplate(source)(DATA)))
}

for (const source of [
  '{{',
  '{{.Name',
  '{{}}',
  '{{if .X}}',
  '{{end}}',
  '{{else}}',
  '{{if .X}}{{else}}',
  '{{.Name |}}',
  '{{(.Name}}',
  '{{"open}}',
  '{{#}}',
  '{{.A := 1}}',
]) {
  test(`${source} is no template`, () => throwsCode('bad-template', () => compileTemplate(source)))
}

test('what an object inherits is no field', () => assert.equal(compileTemplate('{{.constructor}}')({}), '<no value>'))

test('text without braces comes through as it is', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('{{'))
  fc.assert(fc.property(text, (source) => assert.equal(compileTemplate(source)({}), source)))
})

test('a string literal of a closing parenthesis closes nothing', () => {
  assert.equal(compileTemplate('{{")"}}{{json ("(" )}}')({}), ')"("')
})

test('a string literal is what it says', () => {
  const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (value) => assert.equal(compileTemplate(`{{${quoted(value)}}}`)({}), value)))
})
