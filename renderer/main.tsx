/** Where the page begins: makes the api and the store, and draws the application. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './theme/tokens.css';
import './theme/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApi } from './api';
import { App } from './app';
import { createAppStore } from './store/app-store';
import { StoreContext } from './store/use-app';

const store = createAppStore(createApi(window), {
  initialScreen: new URLSearchParams(location.search).get('screen'),
});
void store.getState().start();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <StoreContext value={store}>
      <App />
    </StoreContext>
  </StrictMode>,
);
