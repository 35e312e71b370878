import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Code, checkContributions } from './check-contributions.ts'
import { parseExtensionManifest } from './extension-manifest.ts'

/** A manifest with nothing wrong in it, and the code for it. */
const sound = {
  capabilities: { untrustedWorkspaces: { supported: 'limited', restrictedConfigurations: ['pocker.socket'] } },
  contributes: {
    commands: [
      { command: 'pocker.run', title: '%run%', category: 'Pocker', enablement: 'pocker.state == ready' },
      { command: 'pocker.stop', title: '%stop%' },
    ],
    submenus: [{ id: 'pocker.more', label: '%more%' }],
    menus: {
      'view/title': [{ command: 'pocker.run', when: 'view == pocker.containers && !listMultiSelection' }],
      'view/item/context': [{ submenu: 'pocker.more', when: 'viewItem =~ /;(running|a&&b);/' }],
      'pocker.more': [{ command: 'pocker.stop', alt: 'pocker.run' }],
    },
    keybindings: [
      { command: 'pocker.stop', key: 'delete', when: "focusedView == 'pocker.containers' || (config.pocker.socket && isLinux)" },
    ],
    viewsContainers: { activitybar: [{ id: 'pocker', title: 'Pocker', icon: 'a.svg' }] },
    views: { pocker: [{ id: 'pocker.containers', name: '%containers%' }] },
    viewsWelcome: [{ view: 'pocker.containers', contents: '%empty%', when: 'pocker.state != stopped' }],
    configuration: { properties: { 'pocker.socket': { scope: 'machine', description: '%socket%' } } },
    walkthroughs: [
      {
        id: 'first',
        title: '%more%',
        description: '%more%',
        steps: [
          {
            id: 's',
            title: '%run%',
            description: '%empty%',
            completionEvents: ['onCommand:pocker.run', 'onView:pocker.containers', 'onContext:pocker.state == ready'],
          },
        ],
      },
    ],
  },
}
const texts = {
  run: 'Run',
  stop: 'Stop',
  more: 'More',
  containers: 'Containers',
  empty: 'Nothing. [Run](command:pocker.run)',
  socket: 'Where it is.',
}
const code: Code = {
  commands: ['pocker.run', 'pocker.stop'],
  contexts: ['pocker.state'],
  sources: ["register('pocker.run'); register('pocker.stop'); set('pocker.state'); view('pocker.containers')"],
}

type Manifest = typeof sound

function findingsOf(change: (manifest: Manifest) => void, other: { code?: Partial<Code>; texts?: Record<string, string> } = {}): string[] {
  const manifest = structuredClone(sound)
  change(manifest)
  return checkContributions({
    manifest: parseExtensionManifest(manifest),
    text: JSON.stringify(manifest, undefined, 2),
    texts: other.texts ?? texts,
    code: { ...code, ...other.code },
  })
}

function nothing(): void {}

test('a sound manifest has no findings', () => {
  assert.deepEqual(findingsOf(nothing), [])
})

const broken: readonly (readonly [name: string, change: (manifest: Manifest) => void, finding: RegExp])[] = [
  [
    'a command that the code has not',
    ({ contributes }) => void contributes.commands.push({ command: 'pocker.new', title: '%run%' }),
    /not in src\/commands\/ids/,
  ],
  ['a command twice', ({ contributes }) => void contributes.commands.push({ command: 'pocker.run', title: '%run%' }), /twice/],
  [
    'a menu of an unknown command',
    ({ contributes }) => void contributes.menus['view/title'].push({ command: 'pocker.gone', when: 'isLinux' }),
    /menu view\/title has the command pocker\.gone/,
  ],
  [
    'a menu of an unknown submenu',
    ({ contributes }) => void contributes.menus['view/item/context'].push({ submenu: 'pocker.gone', when: 'isLinux' }),
    /submenu pocker\.gone/,
  ],
  [
    'an alternative that is unknown',
    ({ contributes }) => void contributes.menus['pocker.more'].push({ command: 'pocker.run', alt: 'pocker.gone' }),
    /pocker\.gone/,
  ],
  [
    'a submenu without items',
    ({ contributes }) => void contributes.submenus.push({ id: 'pocker.none', label: '%more%' }),
    /pocker\.none is empty/,
  ],
  [
    'a key of an unknown command',
    ({ contributes }) => void contributes.keybindings.push({ command: 'pocker.gone', key: 'a', when: 'isLinux' }),
    /the key a/,
  ],
  [
    'a key whose list has an unknown command',
    ({ contributes }) =>
      void contributes.keybindings.push({
        ...{ command: 'runCommands', key: 'b', when: 'isLinux' },
        ...{ args: { commands: ['list.select', { command: 'pocker.run', args: { run: 'pocker.gone' } }] } },
      }),
    /the key b is for the command pocker\.gone/,
  ],
  [
    'a welcome text of an unknown view',
    ({ contributes }) => void contributes.viewsWelcome.push({ view: 'pocker.gone', contents: '%run%', when: 'isLinux' }),
    /no view/,
  ],
  [
    'a view that nobody provides',
    ({ contributes }) => void contributes.views.pocker.push({ id: 'pocker.gone', name: '%run%' }),
    /provided nowhere/,
  ],
  [
    'a clause with an unknown key',
    ({ contributes }) => void contributes.keybindings.push({ command: 'pocker.run', key: 'a', when: 'isLinux && pocker.gone' }),
    /nobody sets pocker\.gone/,
  ],
  [
    'a clause with an unknown setting',
    ({ contributes }) => void contributes.keybindings.push({ command: 'pocker.run', key: 'a', when: '!config.pocker.gone' }),
    /no setting config\.pocker\.gone/,
  ],
  [
    'a clause with an unknown view',
    ({ contributes }) => void contributes.keybindings.push({ command: 'pocker.run', key: 'a', when: 'focusedView == pocker.gone' }),
    /pocker\.gone is no view/,
  ],
  [
    'a clause with a broken pattern',
    ({ contributes }) => void contributes.keybindings.push({ command: 'pocker.run', key: 'a', when: 'viewItem =~ /(/' }),
    /no regular expression/,
  ],
  [
    'a setting that a folder can set',
    ({ contributes }) => void Reflect.set(contributes.configuration.properties['pocker.socket'], 'scope', 'resource'),
    /a folder could set pocker\.socket/,
  ],
  [
    'a setting that a folder can override',
    ({ contributes }) => void Reflect.set(contributes.configuration.properties['pocker.socket'], 'scope', 'machine-overridable'),
    /a folder could set/,
  ],
  [
    'a restriction of nothing',
    ({ capabilities }) => void capabilities.untrustedWorkspaces.restrictedConfigurations.push('pocker.gone'),
    /pocker\.gone, which is no setting/,
  ],
  [
    'a text that has no translation',
    ({ contributes }) => void contributes.commands.push({ command: 'pocker.run', title: 'Run It' }),
    /"Run It" is a text for people/,
  ],
  [
    'a key of a text that is not there',
    ({ contributes }) => void contributes.commands.push({ command: 'pocker.run', title: '%gone%' }),
    /has no gone/,
  ],
]

for (const [name, change, finding] of broken) {
  test(`${name} is found`, () => assert.match(findingsOf(change).join('\n'), finding))
}

test('what only the code or the texts have is found', () => {
  assert.match(
    findingsOf(nothing, { code: { commands: [...code.commands, 'pocker.other'] } }).join(),
    /pocker\.other of src\/commands\/ids\.ts is not in package\.json/,
  )
  assert.match(findingsOf(nothing, { code: { sources: [] } }).join(), /pocker\.run is registered nowhere.*pocker\.state is set nowhere/)
  assert.match(findingsOf(nothing, { texts: { ...texts, other: 'x' } }).join(), /other, which package\.json does not use/)
  assert.match(findingsOf(nothing, { texts: { ...texts, empty: '[Run](command:pocker.gone)' } }).join(), /link to the command pocker\.gone/)
})

test('a step of a walkthrough that can never end is found', () => {
  const endingBy = (event: string): string =>
    findingsOf(({ contributes }) => void contributes.walkthroughs[0]?.steps[0]?.completionEvents.push(event)).join()
  assert.match(endingBy('onCommand:pocker.gone'), /command pocker\.gone, which is not contributed/)
  assert.match(endingBy('onView:pocker.gone'), /pocker\.gone, which is no view/)
  assert.match(endingBy('onContext:pocker.gone == ready'), /nobody sets pocker\.gone/)
})

test('a link to a view is sound', () => {
  const { empty: _, ...others } = texts
  assert.deepEqual(findingsOf(nothing, { texts: { ...others, empty: '[Show](command:pocker.containers.focus)' } }), [])
})

test('a setting without scope or description is found', () => {
  const change = (manifest: Manifest): void => {
    Reflect.set(manifest.contributes.configuration.properties, 'pocker.bare', {})
  }
  assert.match(findingsOf(change).join(), /pocker\.bare has no description.*pocker\.bare has no scope/)
})
