import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../../core/i18n'
import { IconButton } from './button'
import { classes } from './classes'
import { focusable, restoreFocus } from './focus'
import { enterLayer } from './layers'

export interface DialogProps {
  open: boolean
  title: string
  /** Esc, the cross, and a press outside. The owner then sets `open` to false. */
  onClose: () => void
  /** Buttons; on wide screens at the end of the line, the last one the main one. */
  footer?: ComponentChildren
  /** 's' for a question, 'm' for a form, 'l' for lists and tables. */
  size?: 's' | 'm' | 'l' | undefined
  /** Something would be lost: a press outside does not close it, and it is announced as an alert. */
  destructive?: boolean | undefined
  /** Where there is room, the title is for screen readers only, as in a switcher that begins with its search field. */
  titleHidden?: boolean | undefined
  /** Without padding: the content goes from edge to edge. */
  flush?: boolean | undefined
  children: ComponentChildren
}

/**
 * A modal dialog; on phones a sheet of full height. The first focus goes to the element with `autofocus`, else to the
 * title; afterwards it goes back to where it was. What is inside is mounted only while it is open.
 */
export function Dialog({ open, ...rest }: DialogProps) {
  return open ? <Layer {...rest} /> : null
}

function Layer({ title, onClose, footer, size = 'm', destructive, titleHidden, flush, children }: Omit<DialogProps, 'open'>) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const pressedOutside = useRef(false)
  const id = useId()
  useModal(dialog, heading)
  useScrollStop(body)
  return (
    <dialog
      ref={dialog}
      class={classes('kw-dialog', `is-${size}`, flush && 'is-flush')}
      role={destructive ? 'alertdialog' : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== dialog.current) return
        event.preventDefault()
        onClose()
      }}
      onKeyDown={(event) => {
        // Chromium closes on a second Esc whatever `cancel` says; the owner decides, so the key goes no further.
        if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
        event.preventDefault()
        event.stopPropagation()
        onClose()
      }}
      // The browser may close it on its own; the owner has to hear of it. After our own closing there is no element any more.
      onClose={() => dialog.current && onClose()}
      onPointerDown={(event) => { pressedOutside.current = event.target === dialog.current }}
      onClick={(event) => {
        // Both ends of the press: a selection that is dragged out of a field must not close the form.
        if (!destructive && pressedOutside.current && event.target === dialog.current) onClose()
      }}
    >
      <div class="kw-dialog-frame">
        <div class={classes('kw-dialog-head', titleHidden && 'is-hidden')}>
          <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
          <IconButton label={t('common.close')} icon="x" onClick={onClose} />
        </div>
        <div class="kw-dialog-body" ref={body}>{children}</div>
        {footer && <div class="kw-dialog-foot">{footer}</div>}
      </div>
    </dialog>
  )
}

/** Shows the dialog modally for as long as it is mounted, and gives the focus back afterwards. */
function useModal(dialog: { current: HTMLDialogElement | null }, heading: { current: HTMLElement | null }) {
  useLayoutEffect(() => {
    const element = dialog.current
    if (!element) return
    const opener = document.activeElement
    element.showModal()
    const leave = enterLayer(element)
    const first = element.querySelector<HTMLElement>('[autofocus]') ?? heading.current
    first?.focus()
    return () => {
      leave()
      element.close()
      restoreFocus(opener)
    }
  }, [])
}

/** A body that scrolls without anything to focus in it must be a Tab stop itself, for the keys to scroll it. */
function useScrollStop(body: { current: HTMLElement | null }) {
  useEffect(() => {
    const element = body.current
    if (!element || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => {
      const scrolls = element.scrollHeight > element.clientHeight + 1
      if (scrolls && !element.querySelector(focusable)) element.tabIndex = 0
      else element.removeAttribute('tabindex')
    })
    observer.observe(element)
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
}
