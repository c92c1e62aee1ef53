@image:golang
Feature: The toolchain compiles programs without a network

  Scenario: The toolchain is whole, and lighter than its distribution
    Given the image under test
    Then the image env "CGO_ENABLED" equals "0"
    And the image env "PATH" contains "/usr/local/go/bin"
    And the file "/usr/local/go/bin/go" is executable by "other"
    And no file matches the glob "/usr/local/go/src/**/*_test.go"

  Scenario: It compiles and runs a program
    When I run the shell script:
      """
      set -e
      mkdir -p /tmp/hello
      cd /tmp/hello
      echo 'package main; func main() { println("ahoy") }' > main.go
      go run main.go
      """
    Then the exit code is 0
    And the output matches "ahoy"
