// Neo4j's Go driver against `kenning serve`: `client ADDRESS`.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

func check(name string, good bool, detail any) {
	if !good {
		fmt.Printf("FAILED %s: %v\n", name, detail)
		os.Exit(1)
	}
	fmt.Println("ok", name)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func code(err error) string {
	var failure *neo4j.Neo4jError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return fmt.Sprint(err)
}

func run(ctx context.Context, driver neo4j.DriverWithContext, statement string, parameters map[string]any) (*neo4j.EagerResult, error) {
	return neo4j.ExecuteQuery(ctx, driver, statement, parameters, neo4j.EagerResultTransformer)
}

func main() {
	ctx := context.Background()
	for _, scheme := range []string{"bolt", "neo4j"} {
		driver := must(neo4j.NewDriverWithContext(scheme+"://"+os.Args[1], neo4j.NoAuth()))
		check(scheme+":// connects", driver.VerifyConnectivity(ctx) == nil, driver.VerifyConnectivity(ctx))
		result := must(run(ctx, driver, "RETURN 1 AS n", nil))
		check(scheme+":// runs", result.Records[0].Values[0] == int64(1), result)
		driver.Close(ctx)
	}
	driver := must(neo4j.NewDriverWithContext("neo4j://"+os.Args[1], neo4j.NoAuth()))
	defer driver.Close(ctx)
	values := []any{nil, true, int64(-1 << 63), 1.5, "naïve ☃", []any{int64(1), "a", nil}, map[string]any{"a": []any{2.5}},
		neo4j.DateOf(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)), neo4j.DurationOf(14, -3, 5, 6),
		neo4j.Point2D{X: 1, Y: -2.5, SpatialRefId: 7203}, neo4j.Point3D{X: 1, Y: 2, Z: 3, SpatialRefId: 9157}}
	for _, value := range values {
		back := must(run(ctx, driver, "RETURN $value AS value", map[string]any{"value": value})).Records[0].Values[0]
		check(fmt.Sprintf("%v comes back", value), reflect.DeepEqual(back, value), back)
	}
	moment := time.Date(2024, 7, 1, 12, 0, 0, 5, must(time.LoadLocation("Europe/Stockholm")))
	back := must(run(ctx, driver, "RETURN $value AS value", map[string]any{"value": moment})).Records[0].Values[0].(time.Time)
	check("a zoned moment comes back", back.Equal(moment) && back.Location().String() == "Europe/Stockholm", back)
	session := driver.NewSession(ctx, neo4j.SessionConfig{FetchSize: 1000})
	defer session.Close(ctx)
	counters := must(session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		result, err := tx.Run(ctx, "CREATE (:T)-[:U]->(:T)", nil)
		if err != nil {
			return nil, err
		}
		summary, err := result.Consume(ctx)
		return summary.Counters().NodesCreated(), err
	}))
	check("a managed transaction", counters == 2, counters)
	check("a bookmark", len(session.LastBookmarks()) == 1, session.LastBookmarks())
	transaction := must(session.BeginTransaction(ctx))
	must(transaction.Run(ctx, "CREATE (:T)", nil))
	check("a rollback", transaction.Rollback(ctx) == nil, nil)
	_, err := run(ctx, driver, "RETURN nonsense", nil)
	check("a syntax error", code(err) == "Neo.ClientError.Statement.SyntaxError", err)
	long := "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b)"
	result, err := session.Run(ctx, long, nil, neo4j.WithTxTimeout(300*time.Millisecond))
	if err == nil {
		_, err = result.Consume(ctx)
	}
	check("a time limit", code(err) == "Neo.ClientError.Transaction.TransactionTimedOut", err)
	rows := must(session.Run(ctx, "UNWIND range(1, 200000) AS n RETURN n", nil))
	count := 0
	for rows.Next(ctx) {
		count++
	}
	check("200,000 rows", count == 200000 && rows.Err() == nil, count)
}
