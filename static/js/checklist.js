// The checklist keeps up: what is being checked becomes accepted or refused without a reload. What is typed or on its way stays.
const panel = document.querySelector('[data-evidence]')
const SLOWEST = 15000
let timer = 0
let pace = 0

// How long to wait before the next look: slower and slower, but never slower than that.
const pauseOf = (look) => Math.min(SLOWEST, 1000 * 1.3 ** look)
if (typeof module !== 'undefined') module.exports = { pauseOf } // what browser/units asks

// What a look at it would tell, the way to add something left aside.
function seen (slot) {
  const copy = slot.cloneNode(true)
  copy.querySelectorAll('.add-evidence, input').forEach((each) => each.remove())
  return copy.className.replace('drop-here', '').trim() + copy.innerHTML.replace(/\s+/g, ' ')
}

function renew (old, slot) {
  const kept = old.querySelector('.add-evidence')
  const fresh = slot.querySelector('.add-evidence')
  if (kept && fresh) kept.querySelector('summary').replaceChildren(...fresh.querySelector('summary').childNodes)
  for (const child of [...old.childNodes]) if (child !== kept) child.remove()
  let before = kept
  for (const child of [...slot.childNodes]) {
    if (kept && child === fresh) before = null
    else old.insertBefore(child, before)
  }
  old.className = slot.className
  return [...old.querySelectorAll('strong, [data-state-words]')].map((each) => each.textContent).join(' ')
}

async function refresh () {
  const answer = await fetch(panel.dataset.evidence).catch(() => null)
  if (!answer || !answer.ok || answer.redirected) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const news = []
  fresh.querySelectorAll('.checklist > li').forEach((slot) => {
    const old = document.getElementById(slot.id)
    if (!old) panel.querySelector('.checklist').append(slot)
    else if (seen(old) !== seen(slot)) news.push(renew(old, slot))
  })
  if (news.length) document.querySelector('[data-said]').textContent = news.join('. ')
  const [was, is] = [panel, fresh].map((root) => root.querySelector('.submit-appeal'))
  if (was && is && seen(was) !== seen(is) && !was.contains(document.activeElement)) was.replaceWith(is)
  document.dispatchEvent(new Event('evidence:shown'))
}

function watch () {
  clearTimeout(timer)
  if (!panel.querySelector('[data-checking]')) {
    pace = 0
    return
  }
  timer = setTimeout(() => document.hidden ? watch() : refresh().then(watch), pauseOf(pace++))
}

document.addEventListener('evidence:arrived', () => refresh().then(watch))
watch()
