import { queryOptions } from '@tanstack/react-query';
import { getJson } from './request.ts';

// What is known to the server, for suggestions. All sorted, lower case (zipkin.md 1.1).

export const servicesQuery = () =>
  queryOptions({ queryKey: ['services'], queryFn: ({ signal }) => getJson<string[]>('api/v2/services', {}, signal) });

export const spanNamesQuery = (serviceName: string) =>
  queryOptions({
    queryKey: ['spans', serviceName],
    queryFn: ({ signal }) => getJson<string[]>('api/v2/spans', { serviceName }, signal),
    enabled: serviceName !== '',
  });

export const remoteServicesQuery = (serviceName: string) =>
  queryOptions({
    queryKey: ['remoteServices', serviceName],
    queryFn: ({ signal }) => getJson<string[]>('api/v2/remoteServices', { serviceName }, signal),
    enabled: serviceName !== '',
  });

export const autocompleteKeysQuery = () =>
  queryOptions({
    queryKey: ['autocompleteKeys'],
    queryFn: ({ signal }) => getJson<string[]>('api/v2/autocompleteKeys', {}, signal),
    staleTime: 300_000,
  });

export const autocompleteValuesQuery = (key: string) =>
  queryOptions({
    queryKey: ['autocompleteValues', key],
    queryFn: ({ signal }) => getJson<string[]>('api/v2/autocompleteValues', { key }, signal),
    enabled: key !== '',
  });
