// Pictures on the person's own device: what a file is, whether it is sharp, what is covered, how it is turned.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { script } from './script.mjs'


const WORDS = {
  maxMb: '1', maxMegapixels: '50', minSide: '200', tooSmall: 'too small', tooManyPixels: 'too many', tooLarge: 'too large',
  tooLong: 'too long', typePicture: 'a {0} picture', typeOfd: 'an OFD file'
}
const { formOf, fits, refusal, grey, sharpestTiles, size, judge } = script('file-check', WORDS)
const { between, fitted, moved, resized, fillWhole, encoded, nameOfCopy } = script('redact', WORDS)
const { bounded, turnBy, viewOf, sizeOf } = script('viewer')
const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

test('a file is what its first bytes say', () => {
  assert.equal(formOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)), 'image')
  assert.equal(formOf(bytes('\x89PNG\r\n')), 'image')
  assert.equal(formOf(bytes('RIFF0000WEBPVP8 ')), 'image')
  assert.equal(formOf(bytes('%PDF-1.7')), 'pdf')
  assert.equal(formOf(bytes('\0\0\0\x18ftypheic\0\0\0\0mif1heic')), 'heic')
  assert.equal(formOf(bytes('order,sum\n1,2')), 'text')
})

test('neither AVIF, a programme nor markup is taken for what it is not', () => {
  assert.equal(formOf(bytes('\0\0\0\x18ftypavif\0\0\0\0mif1avif')), '')
  assert.equal(formOf(bytes('MZ\x90\0')), '')
  assert.equal(formOf(bytes('  <svg onload=x>')), '')
  assert.equal(formOf(bytes('{\\rtf1')), '')
})

test('HEIC goes where pictures go, text where any text goes', () => {
  assert.equal(fits('heic', ['image']), true)
  assert.equal(fits('text', ['csv']), true)
  assert.equal(fits('pdf', ['image']), false)
  assert.equal(fits('', ['image', 'pdf', 'text']), false)
})

test('grey weighs green most', () => {
  const [white, red, green] = grey(Uint8ClampedArray.of(255, 255, 255, 255, 255, 0, 0, 255, 0, 255, 0, 255))
  assert.ok(Math.abs(white - 255) < 0.01 && green > red)
})

test('types that people send and we do not take are named, where a picture would do', () => {
  const form = (forms) => ({ dataset: { forms, wrongType: 'wrong type' } })
  assert.equal(refusal(bytes('GIF89a'), form('image pdf')), 'a GIF picture')
  assert.equal(refusal(bytes('\0\0\0\x18ftypavif\0'), form('image')), 'a AVIF picture')
  assert.equal(refusal(bytes('PK\x03\x04\x14\0OFD.xml'), form('image pdf')), 'an OFD file')
  assert.equal(refusal(bytes('MZ'), form('image')), 'wrong type')
  assert.equal(refusal(bytes('GIF89a'), form('text')), 'wrong type')
})

test('edges are sharp, an even plane and a soft slope are not', () => {
  const picture = (light) => Float32Array.from({ length: 100 * 100 }, (_, at) => light(at % 100))
  const sharp = sharpestTiles(picture((x) => x % 4 < 2 ? 0 : 255), 100, 100)
  assert.ok(sharp > 3000)
  assert.equal(sharpestTiles(picture(() => 128), 100, 100), 0)
  assert.ok(sharpestTiles(picture((x) => 2 * x), 100, 100) < 1)
})

test('one sharp corner speaks for an empty page', () => {
  const light = Float32Array.from({ length: 500 * 500 }, (_, at) => at % 500 < 40 && at < 20000 ? 255 * (at % 2) : 255)
  assert.ok(sharpestTiles(light, 500, 500) > 30)
})

test('too small and too many pixels are refused', () => {
  assert.deepEqual(size({ naturalWidth: 199, naturalHeight: 4000 }), { refused: 'too small' })
  assert.deepEqual(size({ naturalWidth: 10000, naturalHeight: 6000 }), { refused: 'too many' })
  assert.deepEqual(size({ naturalWidth: 1080, naturalHeight: 60000 }), { refused: 'too long' })
  assert.equal(size({ naturalWidth: 1000, naturalHeight: 800 }), false)
})

test('a file of a wrong type or too large is refused before it is sent, an empty one left to the server', async () => {
  const form = { dataset: { forms: 'pdf text', wrongType: 'wrong type' } }
  assert.deepEqual(await judge(new Blob([]), form), {})
  assert.deepEqual(await judge(new Blob([bytes('\x89PNG')]), form), { refused: 'wrong type' })
  assert.deepEqual(await judge(new Blob(['%PDF-1.7' + ' '.repeat(2 ** 20)]), form), { refused: 'too large' })
  assert.deepEqual(await judge(new Blob(['%PDF-1.7']), form), {})
})

test('a box stays on the picture and can be held with a finger', () => {
  assert.deepEqual(fitted({ left: 0.95, top: -1, width: 0.2, height: 0 }), { left: 0.8, top: 0, width: 0.2, height: 28 / 800 })
  assert.deepEqual(moved({ left: 0.5, top: 0.5, width: 0.5, height: 0.5 }, 0.3, -0.1), { left: 0.5, top: 0.4, width: 0.5, height: 0.5 })
})

test('a corner that is dragged past the edge stops there', () => {
  const box = resized({ left: 0.5, top: 0.5, width: 0.25, height: 0.25 }, 9, -9)
  assert.deepEqual(box, { left: 0.5, top: 0.5, width: 0.5, height: 28 / 800 })
})

test('a box lies between two points, whichever came first', () => {
  const box = { left: 0.25, top: 0.5, width: 0.5, height: 0.25 }
  assert.deepEqual(between({ x: 0.25, y: 0.75 }, { x: 0.75, y: 0.5 }), box)
  assert.deepEqual(between({ x: 0.75, y: 0.5 }, { x: 0.25, y: 0.75 }), box)
})

test('what is covered is covered to whole pixels, outward', () => {
  const drawn = []
  fillWhole({ fillRect: (...box) => drawn.push(box) }, 10.9, 20.1, 5.2, 3)
  assert.deepEqual(drawn, [[10, 20, 7, 4]])
})

const canvas = (sizes) => {
  const asked = []
  return { asked, toBlob (done, type, quality) { asked.push([type, quality]); done(sizes.length ? { type, size: sizes.shift() } : null) } }
}

test('a screenshot stays a PNG while it fits, and becomes a photograph of falling quality', async () => {
  const small = canvas([1000])
  assert.equal((await encoded(small, true)).type, 'image/png')
  const large = canvas([2 ** 21, 2 ** 21, 1000])
  assert.equal((await encoded(large, true)).size, 1000)
  assert.deepEqual(large.asked, [['image/png', undefined], ['image/jpeg', 0.92], ['image/jpeg', 0.85]])
})

test('a device without memory, and a picture that never fits, give no copy', async () => {
  assert.equal(await encoded(canvas([]), false), null)
  assert.equal(await encoded(canvas(Array(4).fill(2 ** 21)), true), null)
})

test('the copy has the name of its file and the end of its type', () => {
  assert.equal(nameOfCopy('bill.2026.heic', 'image/jpeg'), 'bill.2026.jpg')
  assert.equal(nameOfCopy('.png', 'image/png'), 'picture.png')
})

test('zoom keeps within bounds and ends at the whole picture', () => {
  assert.deepEqual([10, 104, 105, 300, 9999].map(bounded), [100, 100, 105, 300, 800])
})

test('four turns to either side come back', () => {
  assert.equal([90, 90, 90, 90].reduce(turnBy, 0), 0)
  assert.equal([-90, -90].reduce(turnBy, 0), 180)
})

test('a turned picture is moved back into sight, as the server does it', () => {
  assert.deepEqual(viewOf(0, 600, 400), { viewBox: '0 0 600 400', transform: 'rotate(0)' })
  assert.deepEqual(viewOf(90, 600, 400), { viewBox: '0 0 400 600', transform: 'translate(400 0) rotate(90)' })
  assert.deepEqual(viewOf(180, 600, 400), { viewBox: '0 0 600 400', transform: 'translate(600 400) rotate(180)' })
  assert.deepEqual(viewOf(270, 600, 400), { viewBox: '0 0 400 600', transform: 'translate(0 600) rotate(270)' })
})

test('a picture stands whole within the frame, or fills its width and is as high as it then is', () => {
  assert.deepEqual(sizeOf(200, false), { width: 'auto', maxWidth: '200%', height: '200%' })
  assert.deepEqual(sizeOf(200, true), { width: '200%', maxWidth: 'none', height: 'auto' })
})
