export { Alerts, TellMe } from './alerts'
export { useTitle } from './title'
