// A look at a file before it is sent, on the person's own device: plainly of the wrong type, too large, too small, blurred.
// upload.js asks by the event evidence:check. Where this script or a canvas is missing it gets no answer, and sends as ever:
// the server judges alone.
const place = document.getElementById('uploading')
const words = place.dataset
const SMALL = 600
const MEGA = 1024 * 1024
// The measure is the variance of the Laplacian, tile by tile on a grey copy of at most 1,000 pixels a side; the sharpest twentieth of the
// tiles speaks for the picture, because most of a screenshot is empty. Measured in Chromium over drawn pictures of 0.7 to 12 megapixels,
// each sharp and through a Gaussian blur of a radius in pixels of that copy (browser/test_picture_checks.py measures some of them again):
//                                   sharp           radius 0.7     1            1.5         2           3 and more
//   screenshots, JPEG quality 40 too  3,000 to 15,000   310 to 1,900   90 to 520    26 to 100   9 to 27     1 to 7
//   pale ones, grey 190 on white      690               94             32           7           3           2
//   photos of a paper                 7,300 to 8,000    1,050 to 1,200 340 to 370   70 to 74    18 to 20    3 to 5
//   an empty wall with the grain of a camera: 16
// At radius 2 ordinary text can no longer be read. 30 lies just above: a false alarm would cost more than one that is missed.
const SHARP = 30
const SIDE = 1000
const TILE = 50
const LONG = 4 // so many times as high as it is wide, a picture is a screenshot that was scrolled

// ---- What it is, by its first bytes, as evidence/files.py does it

const SIGNATURES = [
  ['image', [0xff, 0xd8, 0xff]],
  ['image', [0x89, 0x50, 0x4e, 0x47]],
  ['pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['bill', [0x50, 0x4b, 0x03, 0x04]]
]
const HEIC = /^(hei[cmsx]|hev[cx]|m[is]f1)$/
const MARKUP = /^\s*(<\?xml|<!doctype|<!--|<html|<head|<body|<svg|<script|<iframe|\{\\rtf)/i
const TEXTS = ['text', 'csv', 'json', 'bill']
const ascii = (bytes, from, to) => String.fromCharCode(...bytes.slice(from, to))

// image, heic, pdf, bill (a workbook), text; empty for what is none of these.
function formOf (bytes) {
  const known = SIGNATURES.find(([, start]) => start.every((byte, at) => bytes[at] === byte))
  if (known) return known[0]
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'image'
  if (ascii(bytes, 4, 8) === 'ftyp') {
    const brands = [8, 16, 20, 24, 28, 32].map((at) => ascii(bytes, at, at + 4))
    return brands.some((brand) => HEIC.test(brand)) && !brands.includes('avif') ? 'heic' : ''
  }
  const isBinary = bytes.some((byte) => byte < 32 && ![9, 10, 12, 13].includes(byte))
  return isBinary || MARKUP.test(ascii(bytes, 0, bytes.length)) ? '' : 'text'
}

// A type of which people are told how to send it, as evidence/files.py knows it; empty for another.
const NAMED = [['GIF', /^GIF8/], ['BMP', /^BM/], ['AVIF', /^....ftypavi/s], ['TIFF', /^(II\*\0|MM\0\*)/], ['OFD', /^PK.*OFD\.xml/s]]

function refusal (bytes, form) {
  const start = ascii(bytes, 0, bytes.length)
  const [name] = NAMED.find(([, pattern]) => pattern.test(start)) || []
  if (!name || !/image|pdf/.test(form.dataset.forms)) return form.dataset.wrongType
  return name === 'OFD' ? words.typeOfd : words.typePicture.replace('{0}', name)
}

function fits (form, taken) {
  if (form === 'text') return TEXTS.some((each) => taken.includes(each))
  return taken.includes(form === 'heic' ? 'image' : form)
}

// ---- How sharp it is
export function sharpness (source, width, height) {
  const scale = Math.min(1, SIDE / Math.max(width, height))
  const [w, h] = [width, height].map((side) => Math.max(3, Math.round(side * scale)))
  const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h })
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, w, h)
  pen.imageSmoothingQuality = 'high'
  pen.drawImage(source, 0, 0, w, h)
  return sharpestTiles(grey(pen.getImageData(0, 0, w, h).data), w, h)
}

function grey (pixels) {
  const found = new Float32Array(pixels.length / 4)
  for (let at = 0; at < found.length; at++) found[at] = 0.299 * pixels[4 * at] + 0.587 * pixels[4 * at + 1] + 0.114 * pixels[4 * at + 2]
  return found
}

function sharpestTiles (light, w, h) {
  const found = []
  for (let top = 1; top < h - 1; top += TILE) {
    for (let left = 1; left < w - 1; left += TILE) {
      found.push(variance(light, w, left, top, Math.min(left + TILE, w - 1), Math.min(top + TILE, h - 1)))
    }
  }
  const best = found.sort((one, other) => other - one).slice(0, Math.max(1, Math.round(found.length / 20)))
  return best.reduce((sum, each) => sum + each, 0) / best.length
}

function variance (light, w, left, top, right, bottom) {
  let [sum, squares] = [0, 0]
  for (let y = top; y < bottom; y++) {
    for (let at = y * w + left; at < y * w + right; at++) {
      const edge = 4 * light[at] - light[at - 1] - light[at + 1] - light[at - w] - light[at + w]
      sum += edge
      squares += edge * edge
    }
  }
  const count = (right - left) * (bottom - top)
  return squares / count - (sum / count) ** 2
}

// ---- The judgement: refused is what the server would refuse too; warnings leave the choice to the person
async function judge (file, form) {
  if (!file.size) return {}
  const bytes = new Uint8Array(await file.slice(0, 512).arrayBuffer())
  const kind = formOf(bytes)
  if (!fits(kind, form.dataset.forms.split(' '))) return { refused: refusal(bytes, form) }
  if (file.size > Number(words.maxMb) * MEGA) return { refused: words.tooLarge }
  return kind === 'image' ? look(file) : {}
}

async function look (file) {
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  try {
    await picture.decode()
    return size(picture) || { warnings: warnings(picture), canBeCovered: true }
  } catch {
    return { warnings: [words.unreadable] }
  } finally {
    URL.revokeObjectURL(picture.src)
  }
}

function size ({ naturalWidth, naturalHeight }) {
  const [short, long] = [naturalWidth, naturalHeight].sort((one, other) => one - other)
  if (short * long > Number(words.maxMegapixels) * 1e6) return { refused: long > LONG * short ? words.tooLong : words.tooManyPixels }
  return Math.min(naturalWidth, naturalHeight) < Number(words.minSide) && { refused: words.tooSmall }
}

function warnings (picture) {
  const { naturalWidth: width, naturalHeight: height } = picture
  const found = []
  if (Math.min(width, height) < SMALL) found.push(words.small.replace('{0}', width).replace('{1}', height))
  if (sharpness(picture, width, height) < SHARP) found.push(words.blurred)
  return found
}

if (typeof module !== 'undefined') module.exports = { formOf, fits, refusal, grey, sharpestTiles, size, judge } // what browser/units asks

const hasCanvas = Boolean(document.createElement('canvas').getContext)
const answer = ({ detail }) => { detail.answer = judge(detail.file, detail.form).catch(() => ({})) }
if (hasCanvas) document.addEventListener('evidence:check', answer)
