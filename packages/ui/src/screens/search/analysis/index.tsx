export { ColumnField } from './column-field.tsx';
export { Differences, LoadedDifferences } from './differences.tsx';
export { FacetList } from './facet-list.tsx';
export { HeatmapView } from './heatmap-view.tsx';
