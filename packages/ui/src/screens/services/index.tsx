export { ServiceScreen } from './service-screen.tsx';
export { ServicesScreen } from './services-screen.tsx';
