// Runs one script of static/js on a page that has next to nothing, and hands back what the script names for its tests.
import { readFileSync } from 'node:fs'
import { compileFunction } from 'node:vm'

const ROOT = new URL('../../static/js/', import.meta.url)

// An element that takes everything and does nothing; `own` says what matters to a test.
export const element = (own = {}) => ({
  dataset: {},
  style: {},
  clientWidth: 400,
  clientHeight: 800,
  classList: { add () {}, remove () {}, toggle () {} },
  addEventListener () {},
  querySelector: () => element(),
  querySelectorAll: () => [],
  replaceChildren () {},
  toggleAttribute () {},
  ...own
})

const browser = (words) => ({
  document: element({
    documentElement: element({ dataset: words }),
    title: '',
    createElement: () => element(),
    getElementById: (id) => id === 'uploading' ? element({ dataset: words }) : null,
    querySelector: (wanted) => ['dialog[data-covering]', '[data-evidence]'].includes(wanted) ? element() : null,
    hidden: true
  }),
  window: element(),
  location: { pathname: '/tickets/' },
  navigator: { onLine: true },
  sessionStorage: { getItem: () => null, setItem () {} },
  setInterval () {},
  setTimeout () {}
})

// `words` are what a template puts into data- attributes; `own` replaces parts of the page.
export function script (name, words = {}, own = {}) {
  const source = readFileSync(new URL(name + '.js', ROOT), 'utf8').replace(/^export /gm, '')
  const module = { exports: {} }
  const page = { ...browser(words), ...own, module }
  compileFunction(source, Object.keys(page), { filename: name + '.js' })(...Object.values(page))
  return module.exports
}
