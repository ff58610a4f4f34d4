// Package domain names the things of a home-services company as LAZI knows them: customers, locations, jobs and the
// rest, each described once. A kind's file holds its struct, its table and endpoints, its links to other kinds, its
// filters and its orders; store, client, simulator, providers and loaders are generic over that description.
//
// The package does no I/O and imports only the standard library.
package domain
