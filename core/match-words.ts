// Three words that the agent's side and the reviewer's page both show for one request: a check against mix-ups, not a
// defence (24 bits). The list is ours: short, plain, no two that sound alike. Its order is part of the wire: never edit.
import { fromHex } from './encoding.ts';
import type { Digest } from './json.ts';

const WORDS: readonly string[] = `
acorn agent album alder amber anchor ankle antler apple apron arch armor arrow aspen atlas attic
bacon badge bagel bamboo banjo barn basil basket beaver beetle bench bishop bison blanket blossom bottle
branch brass bread brick bridge bronze bucket buffalo button cabin cactus camel candle canoe canyon carbon
cargo carpet castle cedar chalk cherry chess cider cinema circle citrus clay clover cobalt cocoa comet
copper coral cotton cradle crayon cricket crystal cube curtain cyclone dagger dahlia daisy dancer delta denim
desert diamond dolphin donkey dragon drum eagle easel echo elbow elf emblem emerald engine falcon fern
fiddle finch flag flask forest fossil fountain fox galaxy garden garlic garnet ginger glacier goblet granite
grape guitar hammer harbor harp hazel helmet heron hickory hockey honey hornet igloo indigo island ivory
jacket jaguar jasmine jersey jigsaw jungle juniper kayak kernel kettle kitten koala ladder lagoon lantern laser
lemon lilac linen lizard lobster lodge lotus lumber magnet mango maple marble meadow melon metal mirror
monkey mosaic muffin museum nectar needle nickel noodle nutmeg oasis ocean olive onion opal orange orchid
otter oxygen oyster pagoda palace panda paper parrot peach pebble pelican pencil pepper piano pigeon pillow
planet plaza plum poem pony poplar potato prism pumpkin puzzle python quartz rabbit radar raven rhubarb
river robin rocket saddle salmon sandal satchel saturn scarf shadow shovel silver spider sponge squirrel stone
sugar summit sunset swan tablet tango teapot temple thistle thunder tiger timber tomato trumpet tulip tunnel
turtle umbrella vanilla velvet violin volcano walnut walrus willow window winter wombat yogurt zebra zephyr zinc
`
  .trim()
  .split(/\s+/);

/** The words of a request digest: one for each of its first three bytes. Throws on what is not a digest. */
export function matchWords(request_digest: Digest): [string, string, string] {
  const bytes = fromHex(request_digest.replace(/^sha256:/, ''));
  if (bytes?.length !== 32) throw new TypeError('not a digest');
  return [WORDS[bytes[0]!]!, WORDS[bytes[1]!]!, WORDS[bytes[2]!]!];
}

/** The whole list, for its test and for docs. */
export const matchWordList = (): readonly string[] => WORDS;
