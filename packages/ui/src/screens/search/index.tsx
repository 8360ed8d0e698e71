export function SearchScreen(): React.ReactNode {
  return <h1>SearchScreen</h1>;
}
