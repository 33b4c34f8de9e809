export { Alerts } from './alerts'
export { NoticeSwitch, TellMe } from './tell'
export { useTitle } from './title'
