import type { ComponentChildren } from 'preact'
import { language } from '../../core/i18n'

/** A part of the gallery. */
export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="kw-gallery-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** One component in one state, with its name. */
export function Specimen({ name, wide, children }: { name: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <figure class="kw-specimen" data-wide={wide}>
      <figcaption>{name}</figcaption>
      <div>{children}</div>
    </figure>
  )
}

const latin = {
  ana: 'Ana Almeida',
  doctor: 'Dr. Inês Petrov',
  rosa: 'Rosa Almeida',
  jan: 'Jan Novák',
  mariam: 'Mariam Haddad',
  bed: 'bed 4-12',
  when: '08:10',
  yesterday: 'Yesterday',
  today: 'Today',
  hello: 'Good morning doctor. How was the night?',
  answer: 'Good morning Ana. Your mother slept well.',
  asked: 'Did she eat today?',
  unread: '2 unread',
  draft: 'Draft: The scan is booked for Thursday at nine, and',
  find: 'Name, bed, number',
  send: 'Send',
  later: 'Not now',
  remove: 'Remove',
  save: 'Save',
  retry: 'Try now',
  name: 'Your name',
  waiting: 'Waiting',
  mine: 'Mine',
  reconnecting: 'Reconnecting in 8 s.',
  offline: 'Offline: messages are kept and sent later.',
  live: 'Live · WebSocket',
  sent: 'Sent',
  sending: 'Sending',
  delivered: 'Delivered',
  read: 'Read 09:14',
  failed: 'Not sent',
  new: '3 new',
  details: 'Details',
  patients: 'Patients',
  people: 'People',
  empty: 'No messages yet',
  emptyText: 'Write to the family to begin the conversation.',
  urgent: 'Urgent? Call the ward: 555 0142',
}

const arabic: typeof latin = {
  ana: 'آنا ألميدا',
  doctor: 'د. إيناس بتروف',
  rosa: 'روزا ألميدا',
  jan: 'Jan Novák',
  mariam: 'مريم حداد',
  bed: 'السرير 4-12',
  when: '08:10',
  yesterday: 'أمس',
  today: 'اليوم',
  hello: 'صباح الخير دكتورة. كيف كانت الليلة؟',
  answer: 'صباح الخير آنا. نامت والدتك جيدًا.',
  asked: 'هل أكلت اليوم؟',
  unread: 'رسالتان غير مقروءتين',
  draft: 'مسودة: تم حجز الفحص يوم الخميس الساعة التاسعة',
  find: 'الاسم أو السرير أو الرقم',
  send: 'إرسال',
  later: 'ليس الآن',
  remove: 'إزالة',
  save: 'حفظ',
  retry: 'حاول الآن',
  name: 'اسمك',
  waiting: 'في الانتظار',
  mine: 'مرضاي',
  reconnecting: 'إعادة الاتصال خلال 8 ثوانٍ.',
  offline: 'لا يوجد اتصال: تُحفظ الرسائل وتُرسل لاحقًا.',
  live: 'متصل · WebSocket',
  sent: 'أُرسلت',
  sending: 'جارٍ الإرسال',
  delivered: 'وصلت',
  read: 'قُرئت 09:14',
  failed: 'لم تُرسل',
  new: '3 جديدة',
  details: 'التفاصيل',
  patients: 'المرضى',
  people: 'الزملاء',
  empty: 'لا رسائل بعد',
  emptyText: 'اكتب إلى العائلة لبدء المحادثة.',
  urgent: 'أمر عاجل؟ اتصل بالقسم: 0142 555',
}

/** What the specimens say, so that each direction is seen in a script of its own. */
export function samples(direction: 'ltr' | 'rtl' = language.value === 'ar' ? 'rtl' : 'ltr'): typeof latin {
  return direction === 'rtl' ? arabic : latin
}
