import styles from './search-screen.module.css';

/** The shape of what is coming, so that nothing jumps when it comes. */
export function Skeleton({ plot, rows }: { readonly plot: boolean; readonly rows: number }): React.ReactNode {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      {plot && <div className={styles.skeletonPlot} />}
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
        <div key={index} className={styles.skeletonRow} />
      ))}
    </div>
  );
}
