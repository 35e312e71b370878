import { randomInt } from 'node:crypto'

const adjectives =
  'able airy amber apt bold brave breezy bright brisk calm candid cheery clever cosy crisp curious dapper daring deft eager early fair fleet fond frank fresh gentle glad golden grand handy happy hardy honest humble jolly keen kind lively loyal lucid lucky mellow merry mild modest neat nimble noble patient perky plucky polite proud quick quiet ready rosy sharp shiny silent sleek smart snug spry steady still sunny swift tender tidy tranquil trusty upbeat vivid warm wise witty zesty'.split(
    ' ',
  )

const nouns =
  'alder aspen badger bear beaver birch bison bittern canary cedar clover condor coral crane cricket curlew deer dolphin dove dragonfly eagle elm falcon fern finch fir fox gannet gecko goose grebe hare harrier hawk hazel heron ibis jay juniper kestrel kite lark larch laurel lemur linden linnet lynx magpie maple marten mole moss newt oak orca osprey otter owl panda petrel pine plover poplar puffin quail raven reed robin rowan salmon seal shrew siskin sparrow spruce starling stoat stork sturgeon swallow swan swift tern thrush trout turtle walnut whale willow wolf wren yew'.split(
    ' ',
  )

/** A name such as `brave_heron` that `isTaken` denies; after a few tries a number makes it longer, so it always ends. */
export function randomName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${pick(adjectives)}_${pick(nouns)}${attempt < 6 ? '' : randomInt(10 ** Math.min(attempt - 5, 9))}`
    if (!isTaken(name)) return name
  }
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? ''
}
