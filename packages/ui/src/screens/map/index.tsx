export function MapScreen(): React.ReactNode {
  return <h1>MapScreen</h1>;
}
