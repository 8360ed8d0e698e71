import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useConfig } from '../../api/use-config.ts';
import { useText } from '../../i18n/use-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import type { PageContext } from './trace-page.tsx';

/** This trace beside one of its kind that took as long as they usually do. */
export function TypicalButton({ context }: { readonly context: PageContext }): React.ReactNode {
  const text = useText('trace');
  const config = useConfig();
  const navigate = useNavigate();
  const [state, setState] = useState<'idle' | 'busy' | 'none' | { readonly failed: string }>('idle');
  const { opened, text: names } = context;
  const { trace } = opened;
  const service = names.client(0) || names.service(0);
  if (service === '' || trace.startedAt === 0) return null;
  const search = async (): Promise<void> => {
    setState('busy');
    try {
      const { findTypicalTrace } = await import('./typical-trace.ts');
      const other = await findTypicalTrace(config, {
        traceId: trace.traceId,
        service,
        name: names.name(0),
        startedAt: trace.startedAt,
      });
      if (other === undefined) setState('none');
      else await navigate({ to: '/compare/$pair', params: { pair: `${trace.traceId}...${other}` } });
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <>
      <button
        type="button"
        className="button quiet"
        title={text.header.typicalHint}
        disabled={state === 'busy'}
        onClick={search}
      >
        <Icon name="compare" />
        {text.header.typical}
      </button>
      {state === 'none' && <p role="status">{text.header.typicalNone}</p>}
      {typeof state === 'object' && (
        <p role="alert" className="error-text">
          {state.failed}
        </p>
      )}
    </>
  );
}
