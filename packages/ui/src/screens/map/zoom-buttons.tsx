import { useText } from '../../i18n/use-text.ts';
import { Icon } from '../../widgets/icon.tsx';
import styles from './map-view.module.css';

export interface ZoomButtonsProps {
  readonly onIn: () => void;
  readonly onOut: () => void;
  readonly onFit: () => void;
}

export function ZoomButtons({ onIn, onOut, onFit }: ZoomButtonsProps): React.ReactNode {
  const text = useText('map');
  return (
    <div className={`${styles.zoom} no-print`}>
      <button type="button" className="button icon" aria-label={text.zoomIn} title={text.zoomIn} onClick={onIn}>
        <Icon name="plus" />
      </button>
      <button type="button" className="button icon" aria-label={text.zoomOut} title={text.zoomOut} onClick={onOut}>
        <Icon name="minus" />
      </button>
      <button type="button" className="button icon" aria-label={text.fit} title={text.fit} onClick={onFit}>
        <Icon name="fit" />
      </button>
    </div>
  );
}
