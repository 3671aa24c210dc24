// Other ways in for a file: pasted anywhere on the page, dropped onto an entry. Where it is not clear what it shows, the page asks.
const place = document.getElementById('uploading')
const panel = document.querySelector('[data-evidence]')
const words = place.dataset
const dialog = place.querySelector('dialog')
const formsIn = (root) => [...root.querySelectorAll('form[data-upload]')]
const give = (form, list) => form.dispatchEvent(new CustomEvent('evidence:files', { bubbles: true, detail: list }))

function offer (list, forms) {
  if (!list.length || !forms.length) return
  if (forms.length === 1) return give(forms[0], list)
  const kinds = dialog.querySelector('ul')
  dialog.querySelector('[data-names]').textContent = list.map((file) => file.name).join(words.comma)
  kinds.replaceChildren(...forms.map((form) => {
    const button = document.createElement('button')
    button.className = 'btn full'
    button.textContent = form.dataset.kind
    button.onclick = () => { dialog.close(); give(form, list) }
    const entry = document.createElement('li')
    entry.append(button)
    return entry
  }))
  dialog.showModal()
}

async function fromClipboard () {
  const found = []
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((each) => each.startsWith('image/'))
      if (type) found.push(new File([await item.getType(type)], words.pasted + '.' + type.slice(6), { type }))
    }
  } catch { /* not allowed, or nothing that could be read: said below */ }
  if (!found.length) document.querySelector('[data-nothing]').hidden = false
  offer(found, formsIn(panel))
}

document.addEventListener('paste', (event) => {
  const found = [...event.clipboardData.files]
  if (!found.length) return
  event.preventDefault()
  const near = event.target.closest('form[data-upload]')
  offer(found, near ? [near] : formsIn(panel))
})

const carriesFiles = (event) => event.dataTransfer && event.dataTransfer.types.includes('Files')

if (typeof module !== 'undefined') module.exports = { offer, carriesFiles } // what browser/units asks

function mark (slot) {
  document.querySelectorAll('.drop-here').forEach((each) => each.classList.toggle('drop-here', each === slot))
  if (slot) slot.classList.add('drop-here')
}

document.addEventListener('dragover', (event) => {
  if (!carriesFiles(event)) return
  event.preventDefault()
  mark(event.target.closest('.checklist > li:has(form[data-upload])'))
})
document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) mark(null) })
document.addEventListener('drop', (event) => {
  if (!carriesFiles(event)) return
  event.preventDefault()
  mark(null)
  const slot = event.target.closest('.checklist > li:has(form[data-upload])')
  offer([...event.dataTransfer.files], formsIn(slot || panel))
})

place.querySelector('[data-close]').onclick = () => dialog.close()
const paste = panel.querySelector('[data-paste]')
paste.hidden = false
paste.querySelector('button').hidden = !(navigator.clipboard && navigator.clipboard.read)
paste.querySelector('button').onclick = fromClipboard
